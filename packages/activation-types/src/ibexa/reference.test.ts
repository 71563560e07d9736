import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { wireProfileTables } from "./reference.ts";

const PAGE = readFileSync(join(import.meta.dirname, "../../../../docs/wire-profile.md"), "utf8");

it.each(Object.entries(wireProfileTables()))(
  "docs/wire-profile.md has the table of %s as the code has it: node scripts/reference-pages.mjs writes it",
  (name, table) => {
    const [, found] =
      new RegExp(`<!-- table: ${name} -->\\n\\n([\\s\\S]*?)\\n\\n<!-- end -->`).exec(PAGE) ?? [];
    expect(found).toBe(table);
  },
);
