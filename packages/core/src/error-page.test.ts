import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { errorPages } from "./error-page.ts";

const FOLDER = join(import.meta.dirname, "../../../docs/errors");

it("docs/errors has a page for each code, as the table has it: node scripts/reference-pages.mjs writes them", () => {
  const found = Object.fromEntries(
    readdirSync(FOLDER).map((name) => [name, readFileSync(join(FOLDER, name), "utf8")]),
  );
  expect(found).toEqual(errorPages());
});
