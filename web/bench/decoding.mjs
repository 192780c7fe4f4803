// How quickly a real browser decodes deltas: bundles the client's decoder, runs it in Chromium,
// and prints JSON. `npm run bench`; PLACE_CHROMIUM names another browser.
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { build } from "vite";

const CHROMIUM = process.env.PLACE_CHROMIUM ?? "/usr/bin/chromium";

const SMALL = { width: 256, height: 256, colors: 16 };
const MIDDLING = { width: 1_000, height: 1_000, colors: 32 };
const LARGE = { width: 2_000, height: 2_000, colors: 32 };
const TASKS = ["scattered", "drawn"].flatMap((pattern) => [
  { name: "a pixel of 256²", shape: SMALL, cells: 1, pattern },
  { name: "30 of 256²", shape: SMALL, cells: 30, pattern },
  { name: "164 of 2000²", shape: LARGE, cells: 164, pattern },
  { name: "10,000 of 1000²", shape: MIDDLING, cells: 10_000, pattern },
]);

const bundled = await build({
  configFile: false,
  logLevel: "silent",
  build: {
    write: false,
    lib: {
      entry: fileURLToPath(new URL("decoding.ts", import.meta.url)),
      formats: ["iife"],
      name: "decoding",
    },
  },
});
const { code } = [bundled].flat()[0].output[0];

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
try {
  const page = await browser.newPage();
  await page.addScriptTag({ content: code });
  const timings = [];
  for (const task of TASKS) {
    timings.push(await page.evaluate((task) => globalThis.decoding.time(task), task));
  }
  process.stdout.write(`${JSON.stringify({ browser: browser.version(), timings }, null, 2)}\n`);
} finally {
  await browser.close();
}
