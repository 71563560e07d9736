import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const PACKERS = [
  { ending: ".br", pack: promisify(brotliCompress) },
  { ending: ".gz", pack: promisify(gzip) },
] as const;
/** A smaller file fits a network packet as it is. */
const WORTH_PACKING_BYTES = 1_400;

/** Leaves each script and style beside itself as Brotli and gzip, so that the server packs nothing. */
function packAssets(): Plugin {
  return {
    name: "pack-assets",
    apply: "build",
    async writeBundle({ dir = "dist" }) {
      const folder = join(dir, "assets");
      const names = (await readdir(folder)).filter((name) => /\.(js|css)$/.test(name));
      await Promise.all(
        names.map(async (name) => {
          const bytes = await readFile(join(folder, name));
          if (bytes.length < WORTH_PACKING_BYTES) return;
          for (const { ending, pack } of PACKERS)
            await writeFile(join(folder, name + ending), await pack(bytes));
        }),
      );
    },
  };
}

export default defineConfig({
  plugins: [react(), packAssets()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    sourcemap: false,
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        // What several pages share comes as a few files. Left alone it is some twenty small ones for each page, and
        // a browser asks for six at a time.
        codeSplitting: {
          groups: [
            { name: "libraries", test: /\/node_modules\/(?!zod\/)/, minShareCount: 2 },
            { name: "shared", test: /\/web\/src\/(api|shell|words)\/|\/queries\.ts$/, minShareCount: 2 },
          ],
        },
      },
    },
  },
  // While developing: the pages by Vite, the API by a server that runs already.
  server: { proxy: { "/api": "http://127.0.0.1:7373" } },
});
