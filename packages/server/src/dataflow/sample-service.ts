import { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import {
  type Clock,
  type ColumnProfile,
  type DataflowSource,
  type Fault,
  faultIn,
  type IdentityConfig,
  normalise,
  notFound,
  PeregrineError,
  type Proposal,
  type ProposalInput,
  profileColumn,
  propose,
  proposeAgain,
  type SampleCell,
  type SchemaParent,
} from "@peregrine/core";
import type { DefinitionService } from "../definition/index.ts";
import type { Engine } from "../engine/index.ts";
import { foreseePeople } from "../identity/index.ts";
import {
  columnNames,
  type LatestRows,
  type MappedSample,
  type MappedSampleRow,
  mapSample,
  readSample,
  type SampleRows,
} from "../ingest/index.ts";
import type { FileReading, ImportCounts, Store, StoredFailure } from "../store/index.ts";
import { type Draft, distinct, readDraft } from "./draft.ts";
import { SAMPLE_KEPT_MS, type Sample, SampleFolder } from "./sample-folder.ts";

interface SampleServiceOptions {
  readonly store: Store;
  readonly engine: Engine;
  readonly definitions: DefinitionService;
  readonly clock: Clock;
  /** Where samples lie; of this server alone. */
  readonly folder: string;
  /** By whose clock times without a zone are meant, unless a proposal is asked for another. */
  readonly timeZone: string;
  /** Whether this server takes files. */
  readonly takesIn: boolean;
  /** The latest rows that came as drafts for a dataflow, as JSON objects. */
  readonly draftRows: (dataflowId: string) => Promise<{ readonly rows: readonly string[] }>;
  /** The first rows of the latest import of a dataflow that has kept some. */
  readonly latestRows: (dataflowId: string) => Promise<LatestRows | undefined>;
}

/** A sample with what is seen of it. */
export interface SampleView extends Sample {
  readonly expiresAt: number;
  /** Null where it can't be read as it is: then `error` says why, and `source` may help. */
  readonly reading: FileReading | null;
  readonly error: StoredFailure | null;
  /** Rows that were looked at. */
  readonly read: number;
  readonly more: boolean;
  readonly columns: readonly ColumnProfile[];
  readonly rows: readonly { readonly line: number; readonly values: Readonly<Record<string, SampleCell>> }[];
  readonly refused: { readonly rows: number; readonly first: readonly RefusedSampleRow[] };
}

interface RefusedSampleRow {
  readonly line: number;
  readonly column: string;
  readonly reason: string;
  readonly raw: string;
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

export interface PreviewedRow extends Omit<MappedSampleRow, "identifiers"> {
  readonly identifiers: readonly {
    readonly identifier: string;
    readonly value: string;
    /** As it names a person; empty where it names nobody. */
    readonly normalised: string;
    readonly blocked: boolean;
  }[];
}

export interface SamplePreview {
  readonly dataflow: string;
  readonly reading: FileReading;
  readonly faults: readonly Fault[];
  readonly rows: readonly PreviewedRow[];
  readonly unread: readonly RefusedSampleRow[];
}

export interface SampleValidation {
  readonly dataflow: string;
  readonly faults: readonly Fault[];
  /** The sample is a part, or has more rows than are looked at. */
  readonly more: boolean;
  readonly counts: ImportCounts;
  /** Different people among the rows. */
  readonly people: number;
  /** By `refuseAbove` an import of these rows would be refused as a whole. */
  readonly tooManyRefused: boolean;
  readonly refused: readonly RefusedSampleRow[];
}

/** What is told of columns is told by so many rows. */
export const SAMPLE_ROWS = 10_000;
const REFUSED_SHOWN = 100;

/** Files that are looked at before they are imported: what they are, what could become of them, what would. */
export class SampleService {
  readonly #options: SampleServiceOptions;
  readonly #folder: SampleFolder;

  constructor(options: SampleServiceOptions) {
    this.#options = options;
    this.#folder = new SampleFolder(options.folder, options.clock);
  }

  /**
   * Keeps the first part of a file for a day and says what it is.
   *
   * @throws PeregrineError `uploadElsewhere`, `fileEmpty`, `diskFull`, `uploadBroken`
   */
  async take(fileName: string, body: AsyncIterable<Uint8Array>, rows: number): Promise<SampleView> {
    return this.#take(fileName, body, rows);
  }

  /**
   * Keeps the latest rows that came as drafts of a stream, as they are now; those that come later are another sample.
   *
   * @throws PeregrineError `notFound`, also where none has come, `uploadElsewhere`, `diskFull`
   */
  async takeDrafts(dataflowId: string, shown: number): Promise<SampleView> {
    const { rows } = await this.#options.draftRows(dataflowId);
    if (rows.length === 0) {
      throw notFound("sample", `No draft rows have come for \`${dataflowId}\` on this server.`);
    }
    const lines = rows.map((row) => Buffer.from(`${row}\n`));
    return this.#take(`${dataflowId}.jsonl`, Readable.from(lines), shown, { format: "jsonLines" });
  }

  /**
   * Keeps the first rows of the latest import of a dataflow that was published.
   *
   * @throws PeregrineError `notFound`, also where none was, `uploadElsewhere`, `diskFull`
   */
  async takeLatest(dataflowId: string, shown: number): Promise<SampleView> {
    const { store, latestRows } = this.#options;
    if ((await store.definitions.get("dataflow", dataflowId)) === undefined) {
      const known = (await store.definitions.list("dataflow")).map((one) => one.id);
      throw notFound("dataflow", `There is no dataflow \`${dataflowId}\`.`, { asked: dataflowId, known });
    }
    const latest = await latestRows(dataflowId);
    if (latest === undefined) {
      throw notFound("sample", `No import of \`${dataflowId}\` has kept rows.`);
    }
    return this.#take(latest.fileName, latest.body, shown, latest.source);
  }

  async #take(
    fileName: string,
    body: AsyncIterable<Uint8Array>,
    shown: number,
    kept?: Partial<DataflowSource>,
  ): Promise<SampleView> {
    if (!this.#options.takesIn) {
      throw new PeregrineError("uploadElsewhere", { detail: "This server runs without the role `ingest`." });
    }
    return this.#view(await this.#folder.take(fileName, body, kept), shown);
  }

  /** @throws PeregrineError `notFound` */
  async get(id: string, rows: number): Promise<SampleView> {
    return this.#view(await this.#folder.get(id), rows);
  }

  /** Corrects what was recognised. @throws PeregrineError `notFound` */
  async describe(id: string, source: DataflowSource, rows: number): Promise<SampleView> {
    return this.#view(await this.#folder.describe(id, source), rows);
  }

  /** @throws PeregrineError `notFound` */
  async remove(id: string): Promise<void> {
    await this.#folder.remove(id);
  }

  /** @throws PeregrineError `notFound`, `definitionInvalid`, and what makes the file unreadable */
  async propose(id: string, request: ProposalRequest): Promise<Proposal> {
    const sample = await this.#folder.get(id);
    const { store, timeZone } = this.#options;
    const found = await this.#read(sample);
    const [identifiers, schemas] = await Promise.all([
      store.definitions.list("identifier"),
      store.definitions.list("schema"),
    ]);
    const there =
      request.documents === undefined
        ? undefined
        : (await readDraft(store, this.#options.definitions, request.documents)).definition;
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
      columns: await profiles(found, request.timeZone ?? timeZone),
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

  /**
   * What definitions that need not be saved make of the sample's first rows.
   *
   * @throws PeregrineError `notFound`, `definitionInvalid`, and what makes the file unreadable
   */
  async preview(id: string, documents: readonly unknown[], rows: number): Promise<SamplePreview> {
    const { draft, mapped } = await this.#map(id, documents, { most: rows });
    return {
      dataflow: draft.definition.dataflow.id,
      reading: mapped.reading,
      faults: faultsOf(draft, mapped),
      rows: mapped.rows.map((row) => ({ ...row, identifiers: namedBy(row, draft.definition.identity) })),
      unread: mapped.unread,
    };
  }

  /** The same for all of the sample, as numbers. @throws PeregrineError as {@link preview} */
  async validate(id: string, documents: readonly unknown[]): Promise<SampleValidation> {
    const { store, engine } = this.#options;
    const { draft, mapped } = await this.#map(id, documents, { most: SAMPLE_ROWS + 1, values: false });
    const rows = mapped.rows.slice(0, SAMPLE_ROWS);
    const named = rows.filter(({ outcome }) => outcome === "person" || outcome === "event");
    const foreseen = await foreseePeople(
      engine,
      await store.operations.snapshot(),
      draft.definition.identity,
      named.map(({ identifiers }) => identifiers),
    );
    const byMapping = rows.flatMap(({ line, refusal }) => (refusal === null ? [] : [{ line, ...refusal }]));
    const byIdentity = foreseen.refused.map(({ row, reason }) => ({
      line: named[row]?.line ?? 0,
      column: "",
      reason,
      raw: "",
    }));
    const refused = [...mapped.unread, ...byMapping, ...byIdentity].sort(
      (one, other) => one.line - other.line,
    );
    const identified = named.length - foreseen.noIdentifier.length - foreseen.refused.length;
    const events = draft.definition.schema.parent === "Interaction";
    const read = rows.length + mapped.unread.length;
    const sample = await this.#folder.get(id);
    return {
      dataflow: draft.definition.dataflow.id,
      faults: faultsOf(draft, mapped),
      more: sample.part || mapped.rows.length > SAMPLE_ROWS,
      counts: {
        read,
        personRows: events ? 0 : identified,
        events: events ? identified : 0,
        repeatedEvents: 0,
        leftOut: rows.filter(({ outcome }) => outcome === "leftOut").length,
        noIdentifier: foreseen.noIdentifier.length,
        refused: refused.length,
        newProfiles: foreseen.newProfiles,
        merges: foreseen.merges,
        conflicts: foreseen.conflicts,
      },
      people: foreseen.people,
      tooManyRefused: refused.length > draft.definition.dataflow.refuseAbove * read,
      refused: refused.slice(0, REFUSED_SHOWN),
    };
  }

  async #map(
    id: string,
    documents: readonly unknown[],
    of: { readonly most: number; readonly values?: boolean },
  ): Promise<{ draft: Draft; mapped: MappedSample }> {
    const { store, engine, definitions, clock } = this.#options;
    const sample = await this.#folder.get(id);
    const draft = await readDraft(store, definitions, documents);
    const { dataflow } = draft.definition;
    const source = sample.kept
      ? { ...sample.source, emptyCells: dataflow.source.emptyCells }
      : dataflow.source;
    const file = { path: this.#folder.path(id), part: sample.part, source };
    const definition = { ...draft.definition, dataflow: { ...dataflow, source } };
    return { draft, mapped: await mapSample(engine, file, definition, { ...of, now: clock.now() }) };
  }

  async #read({ id, part, source }: Sample): Promise<SampleRows> {
    return readSample(this.#options.engine, { path: this.#folder.path(id), part, source }, SAMPLE_ROWS);
  }

  async #view(sample: Sample, shown: number): Promise<SampleView> {
    const base = { ...sample, expiresAt: sample.createdAt + SAMPLE_KEPT_MS };
    try {
      const found = await this.#read(sample);
      const names = columnNames(found);
      return {
        ...base,
        reading: found.reading,
        error: null,
        read: found.rows.length,
        more: found.more,
        columns: await profiles(found, this.#options.timeZone),
        rows: found.rows.slice(0, shown).map(({ line, cells }) => ({ line, values: valuesOf(names, cells) })),
        refused: { rows: found.refused.length, first: found.refused.slice(0, REFUSED_SHOWN) },
      };
    } catch (error) {
      if (!(error instanceof PeregrineError) || error.actor !== "user") throw error;
      const { code, detail, faults } = error;
      const nothing = {
        reading: null,
        read: 0,
        more: false,
        columns: [],
        rows: [],
        refused: { rows: 0, first: [] },
      };
      return { ...base, ...nothing, error: { code, detail, faults } };
    }
  }
}

function faultsOf({ definition, faults }: Draft, mapped: MappedSample): Fault[] {
  const { id } = definition.dataflow;
  return distinct([...faults, ...mapped.faults.map((fault) => faultIn("dataflow", id, fault))]);
}

/** An absent cell has no member: JSON tells the three apart as it always does. */
function valuesOf(
  names: readonly string[],
  cells: readonly SampleCell[],
): Readonly<Record<string, SampleCell>> {
  return Object.fromEntries(
    names.flatMap((name, index) => (cells[index] === undefined ? [] : [[name, cells[index]] as const])),
  );
}

/** Ten thousand values take some 50 ms of a processor; others are let in between the columns. */
async function profiles({ reading, columns, rows }: SampleRows, timeZone: string): Promise<ColumnProfile[]> {
  const options = { decimalComma: reading.delimiter === ";", timeZone, nested: reading.format !== "csv" };
  const found: ColumnProfile[] = [];
  for (const [index, path] of columns.entries()) {
    found.push(
      profileColumn(
        path,
        rows.map(({ cells }) => cells[index]),
        options,
      ),
    );
    await setImmediate();
  }
  return found;
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

function namedBy({ identifiers }: MappedSampleRow, { kinds }: IdentityConfig): PreviewedRow["identifiers"] {
  return identifiers.flatMap(([number, value]) => {
    const kind = kinds.find((one) => one.number === number);
    if (kind === undefined) return [];
    const normalised = normalise(value, kind.normalise);
    return [{ identifier: kind.id, value, normalised, blocked: kind.blocked.includes(normalised) }];
  });
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
