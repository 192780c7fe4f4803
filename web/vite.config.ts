import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { identity } from "./build/identity.ts";
import { precompress } from "./build/precompress.ts";

/** Where `npm run dev` finds a running server for the API and the WebSocket. */
const DEV_SERVER = process.env.PLACE_DEV_SERVER ?? "http://127.0.0.1:8080";

export default defineConfig({
  // Relative URLs: the server may live under any base path and says so in <base>.
  base: "./",
  plugins: [identity(), precompress()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: process.env.PLACE_WEB_OUT ?? fileURLToPath(new URL("dist", import.meta.url)),
    emptyOutDir: true,
    target: "es2022",
    // The content security policy allows no data: URL, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: "licenses.md" },
  },
  server: {
    // The message catalogue and the icons live beside web/, in assets/.
    fs: { allow: [fileURLToPath(new URL("..", import.meta.url))] },
    proxy: { "/api": { target: DEV_SERVER, ws: true } },
  },
});
