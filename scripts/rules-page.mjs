// node scripts/rules-page.mjs: writes the tables of docs/rules.md anew, from those by which rules are read.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { prepare, root } from "./prepare.mjs";

prepare();
const { referenceTables } = await import("@peregrine/core");
const page = join(root, "docs/rules.md");
const written = Object.entries(referenceTables()).reduce(
  (text, [name, table]) =>
    text.replace(
      new RegExp(`(<!-- table: ${name} -->)[\\s\\S]*?(<!-- end -->)`),
      (_, head, end) => `${head}\n\n${table}\n\n${end}`,
    ),
  readFileSync(page, "utf8"),
);
writeFileSync(page, written);
