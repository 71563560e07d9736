// node scripts/reference-pages.mjs: writes the tables of docs/rules.md and docs/mapping.md anew, from those by which
// rules and mappings are read.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { prepare, root } from "./prepare.mjs";

prepare();
const { mappingTables, referenceTables } = await import("@peregrine/core");
for (const [name, tables] of Object.entries({ rules: referenceTables(), mapping: mappingTables() })) {
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
