import { defineConfig } from "vitest/config";

// Browser stories against the real server. One at a time: they share two cores
// with the server and Chromium.
export default defineConfig({
  test: {
    include: ["e2e/**/*.e2e.ts"],
    environment: "node",
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // As patient as the stories are with the page.
    expect: { poll: { timeout: 15_000 } },
  },
});
