import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  build: { outDir: "dist", emptyOutDir: true, sourcemap: false, assetsInlineLimit: 0 },
  // While developing: the pages by Vite, the API by a server that runs already.
  server: { proxy: { "/api": "http://127.0.0.1:7373" } },
});
