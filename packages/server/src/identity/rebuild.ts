import type { IdentityConfig } from "@peregrine/core";
import type { Engine } from "../engine/engine.ts";
import type { Snapshot } from "../engine/snapshot.ts";
import {
  type ImportDefinition,
  type ImportRecord,
  type Lease,
  type Store,
  type StoredProgress,
  setGeneration,
  withdrawals,
} from "../store/index.ts";

/** Derives published imports under the rebuild's operation; ingestion knows how. */
export type DeriveImports = (again: {
  readonly engine: Engine;
  readonly records: readonly ImportRecord[];
  readonly operation: number;
  readonly snapshot: Snapshot;
  readonly profileFrom: number;
  /** Numbers of people who were deleted. */
  readonly skip: ReadonlySet<number>;
  readonly onProgress: (rows: number) => void;
  readonly signal: AbortSignal;
}) => Promise<{ readonly nextProfile: number }>;

export interface RebuildOptions {
  readonly engine: Engine;
  readonly store: Store;
  /** The resolver's lease: no import runs while everything is derived again. */
  readonly lease: Lease;
  readonly derive: DeriveImports;
  /** Whether an import comes out the same when it is derived together with those just before it. */
  readonly together: (records: readonly ImportRecord[], next: ImportRecord) => boolean;
  /** Identifiers as they are to be from now on, also for rows that came before; else as each import recorded them. */
  readonly identity?: IdentityConfig | undefined;
  readonly onProgress: (progress: StoredProgress) => void;
  readonly signal: AbortSignal;
}

export interface RebuildResult {
  /** The new generation: derived rows of earlier operations do not count any more. */
  readonly operation: number;
  readonly imports: number;
  readonly rows: number;
}

/**
 * Derives everything again from the rows: each published import in the order of arrival, with the definitions
 * that were recorded with it. All of it is one operation, seen by nobody until it is published; if it fails,
 * everything is as it was. Identifiers that are given are recorded with every import, so that later rebuilds come out
 * the same.
 *
 * @throws PeregrineError `leaseLost`, `engineRestarted` and the like
 */
export async function rebuild(options: RebuildOptions): Promise<RebuildResult> {
  const { engine, store, lease, derive, together, onProgress, signal } = options;
  await store.operations.abandonOpen("rebuild"); // Under the resolver's lease, an open one is a dead server's.
  const operation = await store.operations.open("rebuild", "everything", lease.epoch);
  try {
    const imports = (await store.imports.published()).map(withIdentity(options.identity));
    const total = imports.reduce((sum, record) => sum + rowsOf(record), 0);
    const withdrawnBases = await withdrawals(store.db);
    const bases = new Map<number, number>();
    const withdrawn: number[] = [];
    // Their rows are gone: without them everybody behind would get another number.
    const skip = await store.personDeletions.purged();
    let profileFrom = 1;
    let done = 0;
    const deleted = (record: ImportRecord) => latestBefore(withdrawnBases, record);
    const alike = (run: readonly ImportRecord[], next: ImportRecord) =>
      together(run, next) && run.slice(0, 1).every((first) => deleted(first) === deleted(next));
    for (const records of runsOf(imports, alike)) {
      signal.throwIfAborted();
      // As it was when they came: the dataflow may have been deleted before, and again since.
      for (const record of records) {
        const base = Math.max(deleted(record), bases.get(record.dataflowNumber) ?? 0);
        if (base > 0) bases.set(record.dataflowNumber, base);
        if (record.againOf !== null) withdrawn.push(record.againOf);
      }
      const derived = await derive({
        engine,
        records,
        operation,
        // Of what was there before nothing is seen, but what this operation has written so far.
        snapshot: { upTo: 0, except: [], generation: 0, bases: basesOf(bases), withdrawn: [...withdrawn] },
        profileFrom,
        skip,
        onProgress: (rows) => onProgress({ step: "rebuilding", done: done + rows, total }),
        signal,
      });
      for (const { definition, dataflowNumber, id } of records) {
        if (definition?.dataflow.write === "overwrite") bases.set(dataflowNumber, id);
      }
      profileFrom = derived.nextProfile;
      done += records.reduce((sum, record) => sum + rowsOf(record), 0);
      onProgress({ step: "rebuilding", done, total });
    }
    await store.operations.publish(
      operation,
      async (transaction) => {
        await setGeneration(transaction, operation);
        if (options.identity !== undefined) {
          const records = store.imports.with(transaction);
          for (const { id, definition } of imports) await records.update(id, { definition });
        }
        const counters = store.counters.with(transaction);
        await counters.set("profile", Math.max(await counters.get("profile"), profileFrom - 1));
      },
      lease,
    );
    return { operation, imports: imports.length, rows: total };
  } catch (error) {
    await store.operations.abandon(operation);
    throw error;
  }
}

/** Kinds that are deleted by now stay as they were: their links are past links. Imports of one definition share it. */
function withIdentity(today: IdentityConfig | undefined): (record: ImportRecord) => ImportRecord {
  if (today === undefined) return (record) => record;
  const known = new Set(today.kinds.map(({ number }) => number));
  const renewed = new Map<ImportDefinition, ImportDefinition>();
  return (record) => {
    const { definition } = record;
    if (definition === null) return record;
    const deleted = definition.identity.kinds.filter(({ number }) => !known.has(number));
    const kinds = [...today.kinds, ...deleted].sort((one, other) => one.number - other.number);
    const anew = renewed.get(definition) ?? { ...definition, identity: { kinds } };
    renewed.set(definition, anew);
    return { ...record, definition: anew };
  };
}

/** The base that the latest deletion of an import's dataflow had set when the import came; 0 before the first. */
function latestBefore(bases: Snapshot["bases"], { dataflowNumber, id }: ImportRecord): number {
  const before = bases.filter(({ dataflow, import: first }) => dataflow === dataflowNumber && first <= id);
  return Math.max(0, ...before.map(({ import: first }) => first));
}

/** Imports in their order, those together that may be. */
function runsOf(
  imports: readonly ImportRecord[],
  together: RebuildOptions["together"],
): readonly (readonly ImportRecord[])[] {
  const runs: ImportRecord[][] = [];
  for (const record of imports) {
    const run = runs.at(-1);
    if (run !== undefined && together(run, record)) run.push(record);
    else runs.push([record]);
  }
  return runs;
}

function rowsOf({ arrivalFrom, arrivalTo }: ImportRecord): number {
  return (arrivalTo ?? 0) - (arrivalFrom ?? 0);
}

function basesOf(bases: ReadonlyMap<number, number>): Snapshot["bases"] {
  return Array.from(bases, ([dataflow, first]) => ({ dataflow, import: first }));
}
