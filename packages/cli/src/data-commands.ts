import { KINDS, type Kind } from "@peregrine/core";
import { type Command, Option } from "commander";
import { examples, wholeNumber } from "./argument.ts";
import { listDefinitions } from "./command/definition.ts";
import { importFile, refusedRows } from "./command/import.ts";
import { listImports, showImport } from "./command/import-list.ts";
import type { OpenSession } from "./session.ts";

/** `peregrine definition …` */
export function addDefinitionCommands(root: Command, session: OpenSession): void {
  root
    .command("definition")
    .description("what `apply` brings: identifiers, schemas, dataflows, audiences, activations")
    .command("list")
    .description("all definitions: kind, id, version, and who changed them last")
    .addOption(new Option("--kind <kind>", "only those of one kind").choices(KINDS))
    .addHelpText("after", examples("peregrine definition list --kind dataflow"))
    .action(async ({ kind }: { kind?: Kind }) => listDefinitions(await session(), kind));
}

/** `peregrine import …` */
export function addImportCommands(root: Command, session: OpenSession): void {
  const files = root
    .command("import")
    .description("take in a CSV file; list, and look into, what was taken in")
    .usage("<dataflow> <file>\n       peregrine import list|show|refused …")
    .addHelpText(
      "after",
      examples("peregrine import customers customers.csv.gz", "peregrine import refused 12 > refused.csv"),
    );
  files
    .command("file <dataflow> <file>", { isDefault: true })
    .description(
      "send a CSV file, plain or gzip, and wait until it is taken in; the word `file` may be left out",
    )
    .action(async (dataflow: string, file: string) => importFile(await session(), dataflow, file));
  files
    .command("list")
    .description("imports, the newest first")
    .option("--dataflow <id>", "only those of one dataflow")
    .option("--limit <number>", "how many", wholeNumber, 20)
    .action(async (options: { dataflow?: string; limit: number }) => listImports(await session(), options));
  files
    .command("show")
    .argument("<id>", "the import's number", wholeNumber)
    .description("one import with its numbers, and why nothing of it was published if so")
    .action(async (id: number) => showImport(await session(), id));
  files
    .command("refused")
    .argument("<id>", "the import's number", wholeNumber)
    .description("an import's refused rows as CSV, with line, column and reason")
    .action(async (id: number) => refusedRows(await session(), id));
}
