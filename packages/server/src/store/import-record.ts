import type { DefinitionOf, FileEncoding, FileFormat, IdentityConfig } from "@peregrine/core";
import type { Selectable, Updateable } from "kysely";
import type { Database } from "./database.ts";
import { fromJSONText, toJSONText } from "./json.ts";
import type { StoredFailure, StoredProgress } from "./progress.ts";

/**
 * `queued` → `running` → one of the ends: `published`, `unchanged` (the file is known already), `refused`
 * (the file or too many of its rows; the error says why), `failed` (something else; it can be tried again),
 * `validated` (a draft's: counted, and thrown away).
 */
export type ImportState =
  | "queued"
  | "running"
  | "published"
  | "unchanged"
  | "refused"
  | "failed"
  | "validated";

/** Where an import's rows came from: a file, a stream, a stream's drafts, or a stream's complete snapshot. */
export type ImportSource = "file" | "stream" | "draft" | "snapshot";

/** All that decided how an import's rows were read, as it was when the import ran. */
export interface ImportDefinition {
  readonly dataflow: DefinitionOf<"dataflow">;
  readonly schema: DefinitionOf<"schema">;
  readonly schemaNumber: number;
  /** The catalog numbers of the schema's columns, by name. */
  readonly columns: Readonly<Record<string, number>>;
  readonly identity: IdentityConfig;
}

/** How a file's rows were read: what its dataflow says, and what was recognised where it says nothing. */
export interface FileReading {
  /** `stream`: the segment in which rows of a stream were gathered. */
  readonly format: FileFormat | "stream";
  /** Told by the file's first bytes. */
  readonly compression: "none" | "gzip" | "zstd";
  readonly encoding: FileEncoding;
  /** Of CSV. */
  readonly delimiter: string | null;
  /** Of CSV: whether the first line names the columns. */
  readonly header: boolean | null;
}

/** How an import's rows came out: read = personRows + events + leftOut + noIdentifier + refused. */
export interface ImportCounts {
  readonly read: number;
  readonly personRows: number;
  readonly events: number;
  /** Those of `events` whose key was known already: nothing was written. */
  readonly repeatedEvents: number;
  readonly leftOut: number;
  readonly noIdentifier: number;
  readonly refused: number;
  readonly newProfiles: number;
  readonly merges: number;
  readonly conflicts: number;
}

export interface ImportRecord {
  /** Below 2^32; the data plane names the import by it. */
  readonly id: number;
  readonly dataflowId: string;
  readonly dataflowNumber: number;
  readonly fileName: string;
  readonly source: ImportSource;
  /** Of what came as a stream: the name of the file in which its rows were gathered. */
  readonly segment: string | null;
  /** Of the file as it came, in lower-case hex. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  readonly state: ImportState;
  readonly operation: number | null;
  /** Its rows' arrival numbers: `arrivalFrom <= arrival < arrivalTo`. */
  readonly arrivalFrom: number | null;
  readonly arrivalTo: number | null;
  /** The file's columns, as its header names them; of nested rows, the paths that the mapping names. */
  readonly columns: readonly string[] | null;
  /** How the file was read; null before it was looked at. */
  readonly reading: FileReading | null;
  readonly definition: ImportDefinition | null;
  readonly counts: ImportCounts | null;
  readonly progress: StoredProgress | null;
  readonly error: StoredFailure | null;
  readonly createdAt: number;
  /** The import whose rows or file it takes in once more; once it is published, that one's rows don't count. */
  readonly againOf: number | null;
  /** When its rows came: of one that is run again, when they came first. */
  readonly cameAt: number;
  /** The name of the token that sent it; null where it was not kept yet. */
  readonly sentBy: string | null;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
}

/** What of an import may change. */
export type ImportPatch = Partial<
  Omit<
    ImportRecord,
    | "id"
    | "dataflowId"
    | "dataflowNumber"
    | "source"
    | "segment"
    | "createdAt"
    | "againOf"
    | "cameAt"
    | "sentBy"
  >
>;

/** What is known of an import when it is queued. */
export type NewImport = Pick<ImportRecord, "dataflowId" | "dataflowNumber" | "fileName" | "sha256" | "size"> &
  Partial<Pick<ImportRecord, "source" | "segment" | "againOf" | "cameAt" | "sentBy">>;

/** Record field → column, and how its value is kept. */
const JSON_FIELDS = ["columns", "reading", "counts", "progress", "error"] as const;
const PLAIN_FIELDS = {
  fileName: "file_name",
  sha256: "sha256",
  size: "size",
  state: "state",
  operation: "operation",
  arrivalFrom: "arrival_from",
  arrivalTo: "arrival_to",
  startedAt: "started_at",
  finishedAt: "finished_at",
} as const satisfies Partial<Record<keyof ImportPatch, keyof Database["import"]>>;

/** A patch as columns. */
export function columnsOf(patch: ImportPatch): Updateable<Database["import"]> {
  const plain = Object.entries(PLAIN_FIELDS).flatMap(([field, column]) => {
    const value = patch[field as keyof typeof PLAIN_FIELDS];
    return value === undefined ? [] : [[column, value] as const];
  });
  const json = JSON_FIELDS.flatMap((field) =>
    patch[field] === undefined ? [] : [[field, toJSONText(patch[field])] as const],
  );
  return Object.fromEntries([...plain, ...json]);
}

/** @param definition the one that the row names by its hash; undefined where it keeps its own, as old ones do */
export function recordOf(
  row: Selectable<Database["import"]>,
  definition: ImportDefinition | undefined,
): ImportRecord {
  return {
    id: row.id,
    dataflowId: row.dataflow_id,
    dataflowNumber: row.dataflow_number,
    fileName: row.file_name,
    source: row.source as ImportSource,
    segment: row.segment,
    sha256: row.sha256,
    size: row.size,
    state: row.state as ImportState,
    operation: row.operation,
    arrivalFrom: row.arrival_from,
    arrivalTo: row.arrival_to,
    columns: fromJSONText<readonly string[]>(row.columns),
    reading: fromJSONText<FileReading>(row.reading),
    definition: definition ?? fromJSONText<ImportDefinition>(row.definition),
    counts: fromJSONText<ImportCounts>(row.counts),
    progress: fromJSONText<StoredProgress>(row.progress),
    error: fromJSONText<StoredFailure>(row.error),
    createdAt: row.created_at,
    againOf: row.again_of,
    cameAt: row.came_at ?? row.created_at,
    sentBy: row.sent_by,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}
