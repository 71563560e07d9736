import {
  EMPTY_CELLS,
  type EmptyCells,
  FILE_ENCODINGS,
  FILE_FORMATS,
  type FileEncoding,
  type FileFormat,
} from "@peregrine/core/file-format";
import { SCHEMA_PARENTS, type SchemaParent } from "@peregrine/core/schema-parent";
import { type Command, Option } from "commander";
import { examples, wholeNumber } from "./argument.ts";
import {
  cloneDataflow,
  dataflowLog,
  deleteDataflow,
  listDataflows,
  showDataflow,
  turnDataflow,
} from "./command/dataflow.ts";
import type { ProposeOptions } from "./command/dataflow-propose.ts";
import { sampleFile, sampleKept, type Written } from "./command/dataflow-sample.ts";
import { runImportAgain } from "./command/import.ts";
import { CommandFailed, EXIT } from "./exit.ts";
import type { OpenSession } from "./session.ts";

interface WrittenOptions {
  readonly format?: FileFormat;
  readonly encoding?: FileEncoding;
  readonly delimiter?: string;
  readonly header?: boolean;
  readonly emptyCells?: EmptyCells;
}

/** `peregrine dataflow …` */
export function addDataflowCommands(root: Command, session: OpenSession): void {
  const dataflow = root
    .command("dataflow")
    .description("where rows come from: set one up from a file, look at it, change its state");
  written(dataflow.command("sample [file]"))
    .description(
      "send a file to look at, and show what it is; or name a sample again, to correct how it is written",
    )
    .option("--drafts <dataflow>", "instead of a file: the latest draft rows of its stream")
    .option("--import <dataflow>", "instead of a file: rows that its latest import has kept")
    .option("--rows <number>", "how many rows are shown", wholeNumber, 10)
    .addHelpText(
      "after",
      examples(
        "peregrine dataflow sample kunden.csv",
        "peregrine dataflow sample kunden.csv --delimiter ';' --encoding windows-1252",
        "peregrine dataflow sample --import kunden",
      ),
    )
    .action(
      async (
        file: string | undefined,
        {
          rows,
          drafts,
          import: imported,
          ...options
        }: WrittenOptions & { rows: number; drafts?: string; import?: string },
      ) => {
        if ([file, drafts, imported].filter((one) => one !== undefined).length !== 1) {
          throw new CommandFailed(
            EXIT.usage,
            "It is not said what is to be looked at, or it is said twice.",
            {
              lines: ["Name a file or a sample, or say --drafts or --import and a dataflow."],
            },
          );
        }
        const opened = await session();
        const kept = async () =>
          drafts === undefined
            ? sampleKept(opened, imported ?? "", "import")
            : sampleKept(opened, drafts, "drafts");
        await sampleFile(opened, file ?? (await kept()), toWritten(options), rows);
      },
    );
  written(dataflow.command("propose <file>"))
    .description(
      "a schema and a dataflow for a file or a sample, from names and values; nothing is saved on the server",
    )
    .addOption(
      new Option("--parent <parent>", "what a row is about").choices(SCHEMA_PARENTS).default("PersonalData"),
    )
    .option("--id <id>", "of the dataflow; else made of the file's name")
    .option("--name <name>", "of the dataflow, for people")
    .option("--schema <id>", "a schema that is there; columns are added to it")
    .option("--person-identifier <id>", "the identifier by which rows name their person")
    .option("--time-zone <zone>", "by whose clock times without a zone are meant, such as Europe/Berlin")
    .option("-o, --out <folder>", "write a YAML file that `apply` takes")
    .addHelpText(
      "after",
      examples(
        "peregrine dataflow propose kunden.csv -o definitions",
        "peregrine dataflow propose orders.csv --parent Interaction --schema orders",
      ),
    )
    .action(async (file: string, options: WrittenOptions & ProposeOptions & { parent: SchemaParent }) => {
      const { format, encoding, delimiter, header, emptyCells, ...rest } = options;
      const how = toWritten({
        ...(format && { format }),
        ...(encoding && { encoding }),
        ...(delimiter && { delimiter }),
        ...(header !== undefined && { header }),
        ...(emptyCells && { emptyCells }),
      });
      const { proposeDataflow } = await import("./command/dataflow-propose.ts");
      await proposeDataflow(await session(), file, how, rest);
    });
  dataflow
    .command("preview <file>")
    .description(
      "what definitions in YAML files make of a file or a sample, row by row and in numbers; nothing is saved",
    )
    .requiredOption("-f, --file <paths...>", "files, or folders with .yaml files; one dataflow in them")
    .option("--rows <number>", "how many rows are shown", wholeNumber, 10)
    .addHelpText("after", examples("peregrine dataflow preview kunden.csv -f definitions/kunden.yaml"))
    .action(async (place: string, options: { file: string[]; rows: number }) => {
      const { previewDataflow } = await import("./command/dataflow-preview.ts");
      await previewDataflow(await session(), place, {}, { files: options.file, rows: options.rows });
    });
  addLifeCommands(dataflow, session);
}

function addLifeCommands(dataflow: Command, session: OpenSession): void {
  dataflow
    .command("list")
    .description("all dataflows, how they stand")
    .action(async () => listDataflows(await session()));
  dataflow
    .command("show <id>")
    .description("one dataflow with its mapping")
    .action(async (id: string) => showDataflow(await session(), id));
  const turns = {
    activate: "let a draft take rows in",
    pause: "keep what comes, until it is resumed",
    resume: "take in what has waited, and what comes",
  } as const;
  for (const turn of ["activate", "pause", "resume"] as const) {
    dataflow
      .command(`${turn} <id>`)
      .description(turns[turn])
      .action(async (id: string) => turnDataflow(await session(), id, turn));
  }
  dataflow
    .command("run-again")
    .argument("<import>", "the import's number", wholeNumber)
    .description("take an import's rows in once more, by the mapping of today; what it brought is replaced")
    .addHelpText("after", examples("peregrine dataflow run-again 12"))
    .action(async (id: number) => runImportAgain(await session(), id));
  dataflow
    .command("clone <id> <new-id>")
    .description("a new draft with the same mapping to the same schema")
    .option("--name <name>", "of the new one, for people")
    .action(async (id: string, copy: string, { name }: { name?: string }) =>
      cloneDataflow(await session(), id, { id: copy, ...(name === undefined ? {} : { name }) }),
    );
  dataflow
    .command("log <id>")
    .description("who changed what, and the files that came, the latest first; also of a deleted one")
    .option("--limit <number>", "how many entries", wholeNumber, 50)
    .action(async (id: string, { limit }: { limit: number }) => dataflowLog(await session(), id, limit));
  dataflow
    .command("delete <id>")
    .description(
      "say what its deletion would withdraw; with --yes delete it, and with it all that it brought",
    )
    .option("--yes", "do it")
    .action(async (id: string, { yes = false }: { yes?: boolean }) =>
      deleteDataflow(await session(), id, yes),
    );
}

function written(command: Command): Command {
  return command
    .addOption(new Option("--format <format>", "else recognised").choices(FILE_FORMATS))
    .addOption(new Option("--encoding <encoding>", "else recognised").choices(FILE_ENCODINGS))
    .option("--delimiter <sign>", "what stands between cells of CSV; else recognised")
    .option("--header", "the first line of CSV names its columns; else recognised")
    .option("--no-header", "the first line of CSV is a row")
    .addOption(new Option("--empty-cells <meaning>", "what an empty cell of CSV means").choices(EMPTY_CELLS));
}

/** A tab is hard to type. */
function toWritten(options: WrittenOptions): Written {
  return options.delimiter === "\\t" || options.delimiter === "tab"
    ? { ...options, delimiter: "\t" }
    : options;
}
