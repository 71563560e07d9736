import { type IdentityConfig, normalise, rowReader } from "@peregrine/core";
import type { Engine } from "../engine/index.ts";
import { pieces, type ReadKeptRows } from "../identity/index.ts";
import type { ImportRecord } from "../store/index.ts";

/** Who owned a value from an arrival on; sorted by arrival and step. */
export interface Ownership {
  readonly kind: number;
  readonly value: string;
  readonly profile: number;
  readonly arrival: number;
}

interface Tuple {
  readonly hash: string;
  readonly kinds: readonly number[];
  readonly raws: readonly string[];
}

type Owners = ReadonlyMap<string, readonly Ownership[]>;

/**
 * The arrivals of all kept rows that were a person's: those whose deciding identifier one of the person's numbers owned
 * then, whatever became of the row. Each import is read by the mapping and the identifiers with which it came, so that no row of somebody else is
 * among them who shares an identifier of lower priority.
 *
 * @param numbers the profile's number and all that were merged into it
 * @param log all changes of ownership of the values that any of them ever owned
 */
export async function* rowsOfPerson(options: {
  readonly engine: Engine;
  readonly imports: readonly ImportRecord[];
  readonly readKeptRows: ReadKeptRows;
  readonly numbers: ReadonlySet<number>;
  readonly log: readonly Ownership[];
  readonly signal: AbortSignal;
}): AsyncGenerator<number[]> {
  const { engine, imports, readKeptRows, numbers, signal } = options;
  const owners = ownersOf(options.log);
  for (const { records, sql } of readKeptRows(imports)) {
    const config = records[0]?.definition?.identity;
    if (config === undefined) continue;
    const named = namer(config, owners);
    for (const { from, to, imports: of, operations } of pieces(records)) {
      signal.throwIfAborted();
      const parameters = { kr_from: from, kr_to: to, kr_imports: of, kr_operations: operations };
      const deciding = new Map<string, string>();
      const tuples = engine.stream<Tuple>(
        `SELECT toString(cityHash64(identifiers)) AS hash, any(identifiers.1) AS kinds, any(identifiers.2) AS raws
        FROM (${sql}) GROUP BY hash`,
        parameters,
      );
      for await (const block of tuples) {
        for (const tuple of block) {
          const key = named(tuple);
          if (key !== undefined) deciding.set(tuple.hash, key);
        }
      }
      if (deciding.size === 0) continue;
      const rows = engine.stream<{ arrival: number; hash: string }>(
        `SELECT toUInt64(arrival) AS arrival, toString(cityHash64(identifiers)) AS hash FROM (${sql})
        WHERE hash IN {kr_hashes:Array(String)}`,
        { ...parameters, kr_hashes: [...deciding.keys()] },
      );
      for await (const block of rows) {
        const found = block.flatMap(({ arrival, hash }) => {
          const owner = ownerAt(owners.get(deciding.get(hash) ?? "") ?? [], Number(arrival));
          return numbers.has(owner) ? [Number(arrival)] : [];
        });
        if (found.length > 0) yield found;
      }
    }
  }
}

/**
 * Whom a list of identifiers names, among the values that are known: by the deciding one; of a list that contradicts
 * itself, and whose rows were refused, by any.
 */
function namer(config: IdentityConfig, owners: Owners): (tuple: Tuple) => string | undefined {
  const read = rowReader(config);
  const kinds = new Map(config.kinds.map((kind) => [kind.number, kind]));
  return ({ kinds: of, raws }) => {
    const identity = read({ kinds: of, raws }, 0, of.length);
    const named =
      identity.outcome === "identified"
        ? identity.identifiers.slice(0, 1)
        : identity.outcome === "none"
          ? []
          : of.map((kind, at) => ({
              kind,
              value: normalise(raws[at] ?? "", kinds.get(kind)?.normalise ?? []),
            }));
    return named.map(({ kind, value }) => keyOf(kind, value)).find((key) => owners.has(key));
  };
}

function ownersOf(log: readonly Ownership[]): Owners {
  const owners = new Map<string, Ownership[]>();
  for (const change of log) {
    const key = keyOf(change.kind, change.value);
    const known = owners.get(key);
    if (known === undefined) owners.set(key, [change]);
    else known.push(change);
  }
  return owners;
}

/** After the row has come, its deciding value is its profile's: what the row itself changed counts. */
function ownerAt(changes: readonly Ownership[], arrival: number): number {
  return changes.findLast((change) => change.arrival <= arrival)?.profile ?? 0;
}

function keyOf(kind: number, value: string): string {
  return `${kind} ${value}`;
}
