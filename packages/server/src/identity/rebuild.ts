import type { IdentityConfig } from "@peregrine/core";
import type { Engine } from "../engine/engine.ts";
import type { Snapshot } from "../engine/snapshot.ts";
import {
  type ImportRecord,
  type Lease,
  type Store,
  type StoredProgress,
  setGeneration,
} from "../store/index.ts";

/** Derives one published import under the rebuild's operation; ingestion knows how. */
export type DeriveImport = (again: {
  readonly engine: Engine;
  readonly record: ImportRecord;
  readonly operation: number;
  readonly snapshot: Snapshot;
  readonly profileFrom: number;
  readonly onProgress: (rows: number) => void;
  readonly signal: AbortSignal;
}) => Promise<{ readonly nextProfile: number }>;

export interface RebuildOptions {
  readonly engine: Engine;
  readonly store: Store;
  /** The resolver's lease: no import runs while everything is derived again. */
  readonly lease: Lease;
  readonly derive: DeriveImport;
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
  const { engine, store, lease, derive, onProgress, signal } = options;
  await store.operations.abandonOpen("rebuild"); // Under the resolver's lease, an open one is a dead server's.
  const operation = await store.operations.open("rebuild", "everything", lease.epoch);
  try {
    const imports = (await store.imports.published()).map((record) => withIdentity(record, options.identity));
    const total = imports.reduce((sum, record) => sum + rowsOf(record), 0);
    const bases = new Map<number, number>();
    let profileFrom = 1;
    let done = 0;
    for (const record of imports) {
      signal.throwIfAborted();
      const derived = await derive({
        engine,
        record,
        operation,
        // Of what was there before nothing is seen, but what this operation has written so far.
        snapshot: { upTo: 0, except: [], generation: 0, bases: basesOf(bases) },
        profileFrom,
        onProgress: (rows) => onProgress({ step: "rebuilding", done: done + rows, total }),
        signal,
      });
      if (record.definition?.dataflow.write === "overwrite") bases.set(record.dataflowNumber, record.id);
      profileFrom = derived.nextProfile;
      done += rowsOf(record);
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

/** Kinds that are deleted by now stay as they were: their links are past links. */
function withIdentity(record: ImportRecord, today: IdentityConfig | undefined): ImportRecord {
  const { definition } = record;
  if (today === undefined || definition === null) return record;
  const known = new Set(today.kinds.map(({ number }) => number));
  const deleted = definition.identity.kinds.filter(({ number }) => !known.has(number));
  const kinds = [...today.kinds, ...deleted].sort((one, other) => one.number - other.number);
  return { ...record, definition: { ...definition, identity: { kinds } } };
}

function rowsOf({ arrivalFrom, arrivalTo }: ImportRecord): number {
  return (arrivalTo ?? 0) - (arrivalFrom ?? 0);
}

function basesOf(bases: ReadonlyMap<number, number>): Snapshot["bases"] {
  return Array.from(bases, ([dataflow, first]) => ({ dataflow, import: first }));
}
