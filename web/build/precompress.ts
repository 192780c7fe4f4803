import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin } from "vite";

const gzipAsync = promisify(gzip);
const brotliAsync = promisify(brotliCompress);

/** Endings whose bytes shrink; PNG is compressed already. */
const COMPRESSIBLE = /\.(html|js|css|svg|json|webmanifest|txt)$/;

/** Below this a compressed copy saves no packet, so none is written. */
const MIN_BYTES = 512;

/**
 * Puts a .gz and a .br beside each text file of the build, so that the server
 * sends ready bytes and spends no CPU on compression.
 */
export function precompress(): Plugin {
  let outDir = "dist";
  return {
    name: "place:precompress",
    apply: "build",
    configResolved(config) {
      outDir = config.build.outDir;
    },
    async closeBundle() {
      for (const path of await filesUnder(outDir)) await compressFile(path);
    },
  };
}

async function filesUnder(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && COMPRESSIBLE.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

async function compressFile(path: string): Promise<void> {
  if ((await stat(path)).size < MIN_BYTES) return;
  const bytes = await readFile(path);
  const [gz, br] = await Promise.all([
    gzipAsync(bytes, { level: constants.Z_BEST_COMPRESSION }),
    brotliAsync(bytes, {
      params: {
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
  ]);
  await writeFile(`${path}.gz`, gz);
  await writeFile(`${path}.br`, br);
}
