import type { IdentityConfig } from "@peregrine/core";
import type { Engine } from "../engine/engine.ts";
import { type Snapshot, visible } from "../engine/snapshot.ts";

/** Something that must never be, and an example of it. */
export interface Violation {
  readonly invariant: keyof typeof INVARIANTS;
  readonly count: number;
  readonly example: string;
}

/** What every statement below reads; `derived` stands for the snapshot's filter. */
const VIEWS = `WITH
  merges AS (SELECT old, argMax(new, (arrival, step)) AS new FROM profile_merge WHERE derived GROUP BY old),
  owners AS (
    SELECT kind, value, argMax(profile, (arrival, step)) AS owner
    FROM identifier WHERE derived GROUP BY kind, value HAVING owner != 0
  ),
  canonical AS (
    SELECT o.kind AS kind, o.value AS value, o.owner AS written, if(m.new = 0, o.owner, m.new) AS profile
    FROM owners AS o LEFT JOIN merges AS m ON m.old = o.owner
  ),
  issued AS (SELECT profile FROM profile WHERE derived)`;

/** Each answers `example` for every violation. */
const INVARIANTS = {
  "a value has at most one owner": `
    SELECT concat(toString(kind), ' ', value) AS example
    FROM (
      SELECT kind, value, arrival, step, uniqExact(profile) AS owners
      FROM identifier WHERE derived GROUP BY kind, value, arrival, step HAVING owners > 1
    )`,
  "a profile has at most one value of a kind with limit one": `
    SELECT concat('profile ', toString(profile), ': ', arrayStringConcat(groupArray(value), ', ')) AS example
    FROM canonical WHERE kind IN {limited:Array(UInt32)}
    GROUP BY profile, kind HAVING count() > 1`,
  "merges are flat": `
    SELECT concat(toString(old), ' to ', toString(new)) AS example
    FROM merges WHERE new IN (SELECT old FROM merges)`,
  "the smaller number survives": `
    SELECT concat(toString(old), ' to ', toString(new)) AS example FROM merges WHERE new >= old`,
  "no canonical owner was merged away": `
    SELECT concat(toString(profile), ' owns ', value) AS example
    FROM canonical WHERE profile IN (SELECT old FROM merges)`,
  "every number that is used was issued": `
    SELECT toString(number) AS example
    FROM (
      SELECT written AS number FROM canonical
      UNION ALL SELECT old FROM merges
      UNION ALL SELECT new FROM merges
    )
    WHERE number NOT IN (issued)`,
  "a number is issued once": `
    SELECT toString(profile) AS example FROM issued GROUP BY profile HAVING count() > 1`,
  "both tables of identifiers say the same": `
    SELECT concat(toString(kind), ' ', value) AS example
    FROM (
      SELECT kind, value, profile, arrival, step FROM identifier WHERE derived
      UNION ALL SELECT kind, value, profile, arrival, step FROM identifier_of_profile WHERE derived
    )
    GROUP BY kind, value, profile, arrival, step HAVING count() != 2`,
} as const;

/**
 * Asks the data plane for everything that must hold of identities, whatever came in and whatever was
 * interrupted; nothing but reading, for tests and for whoever doubts.
 */
export async function findViolations(
  engine: Engine,
  snapshot: Snapshot,
  config: IdentityConfig,
): Promise<Violation[]> {
  const derived = visible(snapshot);
  const limited = config.kinds.filter(({ limit }) => limit === "one").map(({ number }) => number);
  const violations: Violation[] = [];
  for (const [invariant, sql] of Object.entries(INVARIANTS)) {
    const [found] = await engine.query<{ count: number; example: string }>(
      `${VIEWS} SELECT toUInt32(count()) AS count, any(example) AS example FROM (${sql})`.replaceAll(
        "derived",
        () => derived.sql,
      ),
      { ...derived.parameters, limited },
    );
    if (found === undefined || found.count === 0) continue;
    violations.push({ invariant: invariant as keyof typeof INVARIANTS, ...found });
  }
  return violations;
}
