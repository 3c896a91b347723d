import react from "@vitejs/plugin-react";
import { loadEnv } from "vite";
import { defineConfig } from "vitest/config";

/** `npm run dev` serves the sources and hands /api to a running cloud: DROVER_API=http://127.0.0.1:8080 npm run dev */
const api = loadEnv("", ".", "DROVER_")["DROVER_API"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  base: "./", // the edge node serves the same files under its own address
  plugins: [react()],
  server: { proxy: { "/api": { target: api, ws: true } } },
  build: { target: "es2022", chunkSizeWarningLimit: 700 },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
