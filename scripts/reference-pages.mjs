// node scripts/reference-pages.mjs: writes the tables of docs/rules.md, docs/mapping.md and docs/wire-profile.md anew,
// from those by which rules, mappings and settings are read, and docs/errors from the table of codes.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { prepare, root } from "./prepare.mjs";

prepare();
const { errorPages, mappingTables, referenceTables } = await import("@peregrine/core");
const { wireProfileTables } = await import("@peregrine/activation-types");
const PAGES = { rules: referenceTables(), mapping: mappingTables(), "wire-profile": wireProfileTables() };
for (const [name, tables] of Object.entries(PAGES)) {
  const page = join(root, `docs/${name}.md`);
  const written = Object.entries(tables).reduce(
    (text, [table, rows]) =>
      text.replace(
        new RegExp(`(<!-- table: ${table} -->)[\\s\\S]*?(<!-- end -->)`),
        (_, head, end) => `${head}\n\n${rows}\n\n${end}`,
      ),
    readFileSync(page, "utf8"),
  );
  writeFileSync(page, written);
}

const errors = join(root, "docs/errors");
rmSync(errors, { recursive: true, force: true });
mkdirSync(errors);
for (const [name, text] of Object.entries(errorPages())) writeFileSync(join(errors, name), text);
