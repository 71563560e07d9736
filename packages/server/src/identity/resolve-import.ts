import {
  type IdentityConfig,
  type IdentityGroup,
  type IsForgotten,
  readGroup,
  resolveGroup,
  unsettledProfiles,
} from "@peregrine/core";
import type { Engine } from "../engine/engine.ts";
import type { Snapshot } from "../engine/snapshot.ts";
import { MappedRows, type RowRange } from "./mapped-rows.ts";
import { ResolutionState } from "./resolution-state.ts";
import { ResolutionWriter } from "./resolution-writer.ts";
import { createScratch, scratchTables } from "./scratch.ts";

export interface ResolveImportOptions {
  readonly engine: Engine;
  /** What was published when this operation began; with what the operation writes it is all there is. */
  readonly snapshot: Snapshot;
  /** The operation under which everything is written. */
  readonly own: number;
  /** `row, outcome, identifiers, tuple` of every row, in arrival order; see `ingest/`. */
  readonly mappedTable: string;
  /** Rows per group; it bounds memory and changes nothing else. */
  readonly groupSize?: number;
  /** The arrival number of row 0. */
  readonly arrivalFrom: number;
  /** The number that the next new profile gets. */
  readonly profileFrom: number;
  readonly config: IdentityConfig;
  /** Rows whose deciding identifier it names are refused. */
  readonly isForgotten?: IsForgotten | undefined;
  /** Numbers of profiles that are not issued again. */
  readonly skip?: ReadonlySet<number>;
  /** Called after each group with the number of rows that are resolved. */
  readonly onProgress?: (rows: number) => void;
  readonly signal?: AbortSignal;
}

export interface ResolvedImport {
  /**
   * `(tuple UInt128, from_row UInt32, profile UInt32)`: from this row on the tuple means this profile, by its number
   * at the end of the import; 0 for none.
   */
  readonly assignmentTable: string;
  /** `(tuple UInt128, reason String)`: rows with these tuples are refused. One row per tuple. */
  readonly refusedTable: string;
  readonly nextProfile: number;
  readonly counts: { readonly newProfiles: number; readonly merges: number; readonly conflicts: number };
}

const DEFAULT_GROUP_SIZE = 200_000;

/**
 * Resolves the rows of one import in arrival order and writes profiles, merges, identifiers and conflicts
 * under its operation, unseen until that is published. Only one may run at a time, under the resolver's lease.
 * The caller drops all of `identityTables(own)` when it has ended, however it did.
 *
 * @throws PeregrineError `engineRestarted` and the like; the operation is then to be abandoned and redone
 */
export async function resolveImport(options: ResolveImportOptions): Promise<ResolvedImport> {
  const { engine, own, config } = options;
  const tables = scratchTables(own);
  await createScratch(engine, tables);
  const rows = new MappedRows(engine, options.mappedTable);
  const state = new ResolutionState(engine, options.snapshot, own, tables);
  const writer = new ResolutionWriter(engine, own, tables, options.mappedTable);

  const counts = { newProfiles: 0, merges: 0, conflicts: 0 };
  let profileFrom = options.profileFrom;
  for await (const prepared of inAdvance(
    await rows.ranges(options.groupSize ?? DEFAULT_GROUP_SIZE),
    prepare,
  )) {
    options.signal?.throwIfAborted();
    const { number, range, group } = prepared;
    const owners = await state.owners(number, group);
    const limited = config.kinds.filter(({ limit }) => limit === "one").map((kind) => kind.number);
    const known = await state.profiles(number, unsettledProfiles(group, owners), limited);
    const resolution = await resolveGroup(
      group,
      { owners, holdings: known.holdings },
      {
        arrivalFrom: options.arrivalFrom,
        profileFrom,
        ...(options.skip === undefined ? {} : { skip: options.skip }),
      },
      (tuples) => rows.rowsOf(range, group, tuples),
    );
    await writer.write({ number, range, group, resolution, aliases: known.aliases });
    profileFrom = resolution.nextProfile;
    counts.newProfiles += resolution.created.profiles.length;
    counts.merges += resolution.merges.length;
    counts.conflicts += resolution.conflicts.length;
    options.onProgress?.(range.to);
  }
  await writer.finish(counts.merges);
  return {
    assignmentTable: tables.assignment,
    refusedTable: tables.refused,
    nextProfile: profileFrom,
    counts,
  };

  async function prepare(range: RowRange, number: number) {
    const group: IdentityGroup = readGroup(config, await rows.distinctTuples(range), options.isForgotten);
    await state.announce(number, group);
    return { number, range, group };
  }
}

/**
 * Results in order, the next one in the making while one is used: reading and normalising a group does not
 * depend on the groups before it, so it goes on beside their writing.
 */
async function* inAdvance<Item, Result>(
  items: readonly Item[],
  make: (item: Item, index: number) => Promise<Result>,
): AsyncGenerator<Result> {
  const start = (index: number): Promise<Result> | undefined => {
    const item = items[index];
    if (item === undefined) return undefined;
    const result = make(item, index);
    result.catch(() => {}); // Thrown when its turn comes; a failure before that must not make it unhandled.
    return result;
  };
  let coming = start(0);
  for (let index = 1; coming !== undefined; index += 1) {
    const result: Result = await coming;
    coming = start(index);
    yield result;
  }
}
