import { mappedPaths, PeregrineError } from "@peregrine/core";
import { type Engine, ensureEventTable, type Snapshot } from "../engine/index.ts";
import { resolveImport } from "../identity/index.ts";
import {
  baseOf,
  type ImportCounts,
  type ImportDefinition,
  type ImportRecord,
  type ImportState,
  type Lease,
  type Store,
  type StoredProgress,
  setBase,
} from "../store/index.ts";
import { countMapped, countResolved, type Outcomes } from "./counts.ts";
import { writeAttributes } from "./derive-attributes.ts";
import { writeEvents } from "./derive-events.ts";
import { isKnown, replacedBy } from "./earlier-imports.ts";
import { openFile } from "./file/index.ts";
import { currentDefinition, planImport } from "./import-plan.ts";
import { keptRowsFile } from "./kept-rows-file.ts";
import { catalogNumber, mappingSql } from "./mapping-sql.ts";
import {
  dropForgotten,
  keepRefusedByIdentity,
  keepRefusedByMapping,
  type RowsOf,
  STRETCH_ROWS,
  takeRows,
} from "./rows.ts";
import { openSegment } from "./stream/index.ts";
import { dropWorkTables, workTables } from "./tables.ts";
import { NOTHING_TOUCHED, touchedBy } from "./touched.ts";

export interface ImportJob {
  readonly engine: Engine;
  readonly store: Store;
  /** The resolver's lease: under it only one import runs, whatever the number of servers. */
  readonly lease: Lease;
  readonly record: ImportRecord;
  /** Where the file lies; of one that is run again and was published, its kept rows are read instead. */
  readonly path: string;
  readonly now: () => number;
  readonly onProgress: (progress: StoredProgress) => void;
  readonly stretchRows?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * How an import ended. A refused one has an error that says why, and its refused rows can be fetched all the same.
 * The counts of what is not published say how its rows would have come out.
 */
export interface ImportResult {
  readonly state: ImportState;
  readonly counts: ImportCounts;
}

export const NOTHING_COUNTED: ImportCounts = {
  read: 0,
  personRows: 0,
  events: 0,
  repeatedEvents: 0,
  leftOut: 0,
  noIdentifier: 0,
  refused: 0,
  newProfiles: 0,
  merges: 0,
  conflicts: 0,
};

/**
 * Takes one file in, from the first byte to the publication. Everything is written under an operation of its own
 * and published at the end together with the import's record and the counters, or abandoned; then nobody ever saw it.
 *
 * @throws PeregrineError what is wrong with the file or the dataflow, recorded by the caller; or `engineRestarted`,
 *   `leaseLost` and the like, after which the same import is to be run again
 */
export async function runImport(job: ImportJob): Promise<ImportResult> {
  const { store, record } = job;
  const definition = await currentDefinition(store, record.dataflowId);
  const draft = record.source === "draft" || definition.dataflow.state === "draft";
  if (record.source === "stream" && definition.dataflow.write === "overwrite") {
    throw new PeregrineError("snapshotNeeded", {
      detail: `\`${record.dataflowId}\` overwrites since these rows were sent; they belong to no snapshot and would replace all others.`,
    });
  }
  const earlier = await replacedBy(store, record);
  // Of a stream equal rows are rows that came twice, not the same file; and who asks for an import to be run again has
  // a reason, such as identifiers that have changed.
  const isFile = record.source === "file" && earlier === undefined;
  if (isFile && !draft && (await isKnown(store, record, definition))) {
    await store.imports.update(record.id, {
      state: "unchanged",
      definition,
      counts: NOTHING_COUNTED,
      finishedAt: job.now(),
    });
    return { state: "unchanged", counts: NOTHING_COUNTED };
  }
  const operation = await store.operations.open("import", String(record.id), job.lease.epoch);
  await store.imports.update(record.id, { operation });
  try {
    return await takeIn(job, { definition, earlier }, operation, draft);
  } catch (error) {
    await store.operations.abandon(operation);
    throw error;
  } finally {
    await tidy(job.engine, operation);
  }
}

/** Brings the file's rows into the engine, kept and mapped. */
async function readFile(
  job: ImportJob,
  { definition, earlier }: Reading,
  operation: number,
  arrivalFrom: number,
): Promise<{ readonly rowsOf: RowsOf; readonly taken: Awaited<ReturnType<typeof takeRows>> }> {
  const { engine, record, signal, stretchRows = STRETCH_ROWS } = job;
  const { dataflow } = definition;
  const paths = mappedPaths(dataflow);
  const open = () =>
    record.segment === null
      ? openFile(job.path, { source: dataflow.source, paths, engine, signal })
      : openSegment(job.path, record.size, paths);
  const file = earlier === undefined ? await open() : keptRowsFile(engine, earlier, definition);
  try {
    await job.store.imports.update(record.id, { reading: file.reading });
    const plan = planImport({
      importId: record.id,
      dataflowNumber: record.dataflowNumber,
      definition,
      reading: file.reading,
      columns: file.columns,
      time: record.cameAt,
    });
    const tables = workTables(operation);
    const sql = mappingSql(plan);
    const coming: RowsOf = {
      engine,
      operation,
      tables,
      plan,
      sql,
      arrivalFrom,
      rows: 0,
      stretchRows,
      signal,
    };
    const taken = await takeRows(coming, file, (rows) =>
      job.onProgress({ step: "reading", done: rows, total: null }),
    );
    return { rowsOf: { ...coming, rows: taken.rows }, taken };
  } finally {
    await file.close();
  }
}

/** By what rows are read, and the published import whose rows they are, if they are imported once more. */
interface Reading {
  readonly definition: ImportDefinition;
  readonly earlier: ImportRecord | undefined;
}

async function takeIn(
  job: ImportJob,
  reading: Reading,
  operation: number,
  draft: boolean,
): Promise<ImportResult> {
  const { engine, store, record, lease, signal } = job;
  const { definition, earlier } = reading;
  const snapshot = without(await store.operations.snapshot(), earlier);
  const arrivalFrom = (await store.counters.get("arrival")) + 1;
  const profileFrom = (await store.counters.get("profile")) + 1;
  const { rowsOf, taken } = await readFile(job, reading, operation, arrivalFrom);
  const read = taken.rows + taken.refused;
  const mapped = await countMapped(rowsOf);
  if (mapped.rows !== taken.rows) {
    throw new PeregrineError("internal", {
      detail: `${taken.rows} rows were sent to the engine and ${mapped.rows} arrived.`,
    });
  }
  if (mapped.refused > 0) await keepRefusedByMapping(rowsOf);
  const resolved = await resolveImport({
    engine,
    snapshot,
    own: operation,
    mappedTable: rowsOf.tables.mapped,
    arrivalFrom,
    profileFrom,
    config: definition.identity,
    isForgotten: await store.personDeletions.forgotten(),
    groupSize: rowsPerGroup(mapped),
    onProgress: (rows) => job.onProgress({ step: "unifying", done: rows, total: taken.rows }),
    ...(signal === undefined ? {} : { signal }),
  });
  const unresolved = await countResolved(rowsOf, resolved);
  if (unresolved.refused > 0) await keepRefusedByIdentity(rowsOf, resolved.refusedTable);
  if (unresolved.forgotten > 0) await dropForgotten(rowsOf, resolved.refusedTable);
  const identified = mapped.personRows + mapped.events - unresolved.noIdentifier - unresolved.refused;
  const events = definition.schema.parent === "Interaction";
  const counts: ImportCounts = {
    ...NOTHING_COUNTED,
    read,
    leftOut: mapped.leftOut,
    refused: taken.refused + mapped.refused + unresolved.refused,
    noIdentifier: unresolved.noIdentifier,
    personRows: events ? 0 : identified,
    events: events ? identified : 0,
    ...resolved.counts,
  };
  // Which rows of a stream come together is chance: one that is broken must not stop the others.
  const most = record.source === "stream" ? read : definition.dataflow.refuseAbove * read;
  // Nothing is wrong with a row about somebody who was deleted.
  if (counts.refused - unresolved.forgotten > most) return refuse(rowsOf, job, counts);
  if (draft) {
    const ended = { state: "validated", counts } as const;
    await publishRefused(rowsOf, job, { ...ended, columns: rowsOf.plan.columns, definition });
    return ended;
  }
  job.onProgress({ step: "writing", done: 0, total: identified });
  const repeated = events ? await writeEventsOf(rowsOf, resolved.assignmentTable, snapshot, identified) : 0;
  if (!events) await writeAttributes(rowsOf, resolved.assignmentTable);
  const final = { ...counts, repeatedEvents: repeated };
  signal?.throwIfAborted();
  await store.operations.publish(
    operation,
    async (transaction) => {
      if ((await baseOf(transaction, record.dataflowNumber)) > record.id) {
        throw new PeregrineError("notFound", {
          detail: `The dataflow \`${record.dataflowId}\` was deleted while the import ran.`,
        });
      }
      const counters = store.counters.with(transaction);
      await counters.set("arrival", arrivalFrom + taken.rows - 1);
      await counters.set("profile", resolved.nextProfile - 1);
      if (definition.dataflow.write === "overwrite") {
        await setBase(transaction, record.dataflowNumber, record.id);
      }
      await store.imports.with(transaction).update(record.id, {
        state: "published",
        columns: rowsOf.plan.columns,
        definition,
        counts: final,
        progress: null,
        arrivalFrom,
        arrivalTo: arrivalFrom + taken.rows,
        finishedAt: job.now(),
      });
    },
    lease,
    // What it withdraws came by another mapping, so that more can be gone than has come.
    earlier === undefined ? await touchedBy(rowsOf, final) : undefined,
  );
  return { state: "published", counts: final };
}

/** A snapshot without what an import brought that is run again: what comes now takes its place. */
function without(snapshot: Snapshot, earlier: ImportRecord | undefined): Snapshot {
  if (earlier === undefined) return snapshot;
  return { ...snapshot, withdrawn: [...(snapshot.withdrawn ?? []), earlier.id] };
}

/**
 * What the resolver holds in memory goes by different lists of identifiers, what it costs by groups: where people
 * come many times, groups are larger (1 M rows of 5,000 people in one instead of five: 0.4 s instead of 1.1 s).
 */
function rowsPerGroup({ rows, tuples }: Outcomes): number {
  const wanted = 150_000;
  return Math.min(2_000_000, Math.max(wanted, Math.round((wanted * rows) / Math.max(1, tuples))));
}

async function writeEventsOf(
  rowsOf: RowsOf,
  assignmentTable: string,
  snapshot: Snapshot,
  events: number,
): Promise<number> {
  const { definition } = rowsOf.plan;
  const columns = definition.schema.columns.map((column) => ({
    number: catalogNumber(rowsOf.plan, column),
    type: column.type,
  }));
  await ensureEventTable(rowsOf.engine, definition.schemaNumber, columns);
  return (await writeEvents(rowsOf, assignmentTable, snapshot, events)).repeated;
}

/** Nothing of the rows is published, but those that were refused can be fetched. */
async function refuse(rowsOf: RowsOf, job: ImportJob, counts: ImportCounts): Promise<ImportResult> {
  const { dataflow } = rowsOf.plan.definition;
  const percent = (share: number) => `${Math.round(share * 1000) / 10} %`;
  const detail = `${counts.refused} of ${counts.read} rows (${percent(counts.refused / counts.read)}) are broken; \`${dataflow.id}\` allows ${percent(dataflow.refuseAbove)}.`;
  const ended = { state: "refused", counts } as const;
  await publishRefused(rowsOf, job, {
    ...ended,
    columns: rowsOf.plan.columns,
    definition: rowsOf.plan.definition,
    error: { code: "tooManyRefused", detail, faults: [] },
  });
  return ended;
}

/** Publishes an import's refused rows alone, under an operation of their own, and abandons the import's. */
async function publishRefused(
  rowsOf: RowsOf,
  { store, record, lease, now }: ImportJob,
  patch: Parameters<Store["imports"]["update"]>[1],
): Promise<void> {
  const refused = await store.operations.open("import", String(record.id), lease.epoch);
  try {
    await rowsOf.engine.command(
      `INSERT INTO refused_row (op, import, line, \`column\`, reason, raw)
      SELECT ${refused}, import, line, \`column\`, reason, raw
      FROM refused_row WHERE import = ${record.id} AND op = ${rowsOf.operation}`,
    );
    await store.operations.abandon(rowsOf.operation);
    await store.operations.publish(
      refused,
      (transaction) =>
        store.imports.with(transaction).update(record.id, { ...patch, progress: null, finishedAt: now() }),
      lease,
      NOTHING_TOUCHED,
    );
  } catch (error) {
    await store.operations.abandon(refused);
    throw error;
  }
}

/** What can't be dropped now goes at the next start. */
async function tidy(engine: Engine, operation: number): Promise<void> {
  try {
    await dropWorkTables(engine, operation);
  } catch (error) {
    if (!(error instanceof PeregrineError)) throw error;
  }
}
