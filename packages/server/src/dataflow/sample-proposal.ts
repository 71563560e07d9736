import {
  type DataflowSource,
  notFound,
  type Proposal,
  type ProposalInput,
  propose,
  proposeAgain,
  type SchemaParent,
} from "@peregrine/core";
import type { DefinitionService } from "../definition/index.ts";
import { columnNames, type SampleRows } from "../ingest/index.ts";
import type { Store } from "../store/index.ts";
import { readDraft } from "./draft.ts";
import { columnProfiles } from "./sample-columns.ts";
import type { Sample } from "./sample-folder.ts";

interface ProposalDependencies {
  readonly store: Store;
  readonly definitions: DefinitionService;
  /** By whose clock times without a zone are meant, unless a proposal is asked for another. */
  readonly timeZone: string;
}

export interface ProposalRequest {
  readonly parent: SchemaParent;
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly schema?: string | undefined;
  readonly personIdentifier?: string | undefined;
  readonly timeZone?: string | undefined;
  /** A dataflow whose mapping stands instead of what would be proposed, and with it what is not saved. */
  readonly documents?: readonly unknown[] | undefined;
}

/**
 * A schema and a dataflow for a sample, from names and values; nothing is saved.
 *
 * @throws PeregrineError `notFound`, `definitionInvalid`
 */
export async function proposalOf(
  { store, definitions, timeZone }: ProposalDependencies,
  sample: Sample,
  found: SampleRows,
  request: ProposalRequest,
): Promise<Proposal> {
  const [identifiers, schemas] = await Promise.all([
    store.definitions.list("identifier"),
    store.definitions.list("schema"),
  ]);
  const there =
    request.documents === undefined
      ? undefined
      : (await readDraft(store, definitions, request.documents)).definition;
  const schema = there?.schema ?? schemas.find((one) => one.id === request.schema)?.body;
  if (request.schema !== undefined && schema === undefined) {
    throw notFound("schema", `There is no schema \`${request.schema}\`.`, {
      asked: request.schema,
      known: schemas.map((one) => one.id),
    });
  }
  const names = columnNames(found);
  const input: ProposalInput = {
    parent: schema?.parent ?? request.parent,
    id: request.id ?? idOf(sample.fileName),
    name: request.name,
    columns: await columnProfiles(found, request.timeZone ?? timeZone),
    rows: found.rows.length,
    distinct: (columns) =>
      distinctRows(
        found,
        columns.map((name) => names.indexOf(name)),
      ),
    nested: found.reading.format !== "csv",
    // Of rows that were written down here it is none of the dataflow's.
    source: sample.kept ? {} : saidOf(sample.source),
    identifiers: identifiers.map(({ body }) => body),
    schemas: schemas.map(({ body }) => body),
    schema,
    personIdentifier: request.personIdentifier,
  };
  return there === undefined ? propose(input) : proposeAgain(input, there.dataflow);
}

function distinctRows({ rows }: SampleRows, places: readonly number[]): number | undefined {
  const seen = new Set<string>();
  for (const { cells } of rows) {
    const values = places.map((place) => cells[place]);
    if (values.some((value) => value === undefined || value === null || value === "")) return undefined;
    seen.add(JSON.stringify(values));
  }
  return seen.size;
}

/** What was said, without what is so unless it is said. */
function saidOf({ emptyCells, ...source }: DataflowSource): Partial<DataflowSource> {
  return emptyCells === "absent" ? source : { emptyCells, ...source };
}

/** `Kunden März 2025.csv.gz` → `kunden-maerz-2025`. */
function idOf(fileName: string): string {
  const umlauts: Readonly<Record<string, string>> = {
    ä: "ae",
    ö: "oe",
    ü: "ue",
    ß: "ss",
    æ: "ae",
    ø: "oe",
    å: "aa",
  };
  const plain = (fileName.split(/[/\\]/).at(-1) ?? "")
    .replace(/(\.(csv|tsv|txt|json|jsonl|ndjson|parquet|gz|zst))+$/i, "")
    .normalize("NFC")
    .toLowerCase()
    .replace(/[äöüßæøå]/g, (letter) => umlauts[letter] ?? letter)
    .normalize("NFKD")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60);
  return plain === "" ? "dataflow" : plain;
}
