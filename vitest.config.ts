import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/**
 * What is built is imported by Node itself, as by the programs, and what a worker has imported stays for its next
 * file. Without these two, each of the integration files took 8 s of processor time to import.
 */
const imports = {
  isolate: false,
  server: { deps: { external: [/\/node_modules\//, /\/packages\/[^/]+\/dist\//] } },
};

/** What is waited for is there in time also on a busy machine: the default, one second, is less than a command takes. */
const patience = { expect: { poll: { timeout: 20_000 } } };

/** A module of a package is the same whether a test imports it by the package or by its file: there is one of each. */
const builtModules = {
  ...imports,
  ...patience,
  alias: [
    {
      find: /^(?:\.\.\/)+packages\/([^/]+)\/src\/(.+)\.ts$/,
      replacement: fileURLToPath(new URL("packages/$1/dist/$2.js", import.meta.url)),
    },
  ],
};

export default defineConfig({
  test: {
    // Tests wait for processes more than they compute: a file per core.
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...imports,
          ...patience,
          name: "unit",
          include: ["packages/*/src/**/*.test.ts"],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          ...builtModules,
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          ...builtModules,
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          ...builtModules,
          name: "chaos",
          include: ["test/chaos/**/*.test.ts"],
          testTimeout: 1_200_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
