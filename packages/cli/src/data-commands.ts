import { KINDS, type Kind } from "@peregrine/core/kind";
import { Argument, type Command, Option } from "commander";
import { examples, wholeNumber } from "./argument.ts";
import { listDefinitions } from "./command/definition.ts";
import { type DeleteOptions, deleteDefinition } from "./command/definition-delete.ts";
import { importFile, refusedRows } from "./command/import.ts";
import { IMPORT_SOURCES, type ImportSource, listImports, showImport } from "./command/import-list.ts";
import { createStreamId, listStreamIds, revokeStreamId } from "./command/stream-id.ts";
import type { OpenSession } from "./session.ts";

/** `peregrine definition …` */
export function addDefinitionCommands(root: Command, session: OpenSession): void {
  const definition = root
    .command("definition")
    .description("what `apply` brings: identifiers, schemas, dataflows, audiences, activations");
  definition
    .command("delete")
    .addArgument(new Argument("<kind>", "of what").choices(KINDS))
    .argument("<id>", "which one")
    .description(
      "say whether it can be deleted; with --yes delete it. What stands in a file is deleted there",
    )
    .addOption(
      new Option("--people <choice>", "of an activation: take everybody out first, or leave them").choices([
        "takeOut",
        "leave",
      ]),
    )
    .option("--yes", "do it")
    .addHelpText("after", examples("peregrine definition delete audience 5d822e81 --yes"))
    .action(async (kind: Kind, id: string, { people, yes = false }: Partial<DeleteOptions>) =>
      deleteDefinition(await session(), kind, id, { people, yes }),
    );
  definition
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
    .description("take in a file of CSV, JSON or Parquet; list, and look into, what was taken in")
    .usage("<dataflow> <file>\n       peregrine import list|show|refused …")
    .addHelpText(
      "after",
      examples("peregrine import customers customers.csv.gz", "peregrine import refused 12 > refused.csv"),
    );
  files
    .command("file <dataflow> <file>", { isDefault: true })
    .description(
      "send a file, plain, gzip or zstd, and wait until it is taken in; the word `file` may be left out",
    )
    .action(async (dataflow: string, file: string) => importFile(await session(), dataflow, file));
  files
    .command("list")
    .description("imports, the newest first")
    .option("--dataflow <id>", "only those of one dataflow")
    .addOption(new Option("--source <source>", "only those that came so").choices(IMPORT_SOURCES))
    .option("--limit <number>", "how many", wholeNumber, 20)
    .action(async (options: { dataflow?: string; source?: ImportSource; limit: number }) =>
      listImports(await session(), options),
    );
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

/** `peregrine stream-id …` */
export function addStreamCommands(root: Command, session: OpenSession): void {
  const ids = root
    .command("stream-id")
    .description("stream ids: whoever has one may send rows to its dataflow");
  ids
    .command("create <dataflow>")
    .description("make a stream id and show it, this once")
    .option("--name <name>", "what it is called in lists", "stream")
    .addHelpText("after", examples("peregrine stream-id create users --name shop"))
    .action(async (dataflow: string, { name }: { name: string }) =>
      createStreamId(await session(), dataflow, name),
    );
  ids
    .command("list")
    .description("all stream ids, without what opens the stream")
    .option("--dataflow <id>", "only those of one dataflow")
    .action(async ({ dataflow }: { dataflow?: string }) => listStreamIds(await session(), dataflow));
  ids
    .command("revoke <id>")
    .description("from now on the stream id opens nothing")
    .action(async (id: string) => revokeStreamId(await session(), id));
}
