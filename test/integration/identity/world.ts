import type { IdentityConfig } from "@peregrine/core";
import {
  type Engine,
  findViolations,
  generationDigest,
  identityTables,
  type ResolvedImport,
  resolveImport,
  type Snapshot,
} from "@peregrine/server";

export const USERID = 1;
const EMAIL = 2;
const COOKIE = 3;

/** userid decides, a profile has one and one e-mail address; cookies come and go. */
export const SHOP: IdentityConfig = {
  kinds: [
    kind(USERID, { id: "userid", limit: "one", blocked: ["0", "anonymous"], priority: 300 }),
    kind(EMAIL, { id: "email", limit: "one", normalise: ["trim", "lowercase"], priority: 200 }),
    kind(COOKIE, { id: "cookie", priority: 100 }),
  ],
};

function kind(
  number: number,
  rest: Partial<IdentityConfig["kinds"][number]> = {},
): IdentityConfig["kinds"][number] {
  return {
    number,
    id: `kind${number}`,
    normalise: ["trim"],
    blocked: [],
    priority: 100,
    limit: "many",
    active: true,
    ...rest,
  };
}

type Identifiers = readonly (readonly [kind: number, raw: string])[];

/** A row as ingestion maps it; "leftOut" stands for rows that have no identity whatever they name. */
export type Row = Identifiers | "leftOut";

export const row = (...identifiers: [number, string][]): Identifiers => identifiers;
export const user = (value: string): [number, string] => [USERID, value];
export const email = (value: string): [number, string] => [EMAIL, value];
export const cookie = (value: string): [number, string] => [COOKIE, value];

interface Imported {
  readonly resolved: ResolvedImport;
  /** Per row: its profile as numbered at that row, 0 for none, "refused", or null when it has no identity. */
  readonly rows: (number | "refused" | null)[];
}

/** Operations are numbered through all worlds of a test file; each world sees its own as one generation. */
let lastOperation = 0;

/** One installation's identities. Many share an engine: each begins a generation of its own. */
export class IdentityWorld {
  private readonly engine: Engine;
  private readonly from: number;
  private readonly except: number[] = [];
  private upTo: number;
  private arrival = 0;
  private nextProfile = 1;

  constructor(engine: Engine) {
    this.engine = engine;
    lastOperation += 1;
    this.from = lastOperation;
    this.upTo = lastOperation;
  }

  get snapshot(): Snapshot {
    return { upTo: this.upTo, except: this.except, generation: this.from, bases: [] };
  }

  /** Imports the rows and publishes them, or leaves them behind as an import that was abandoned. */
  async import(
    rows: readonly Row[],
    options: {
      readonly groupSize?: number;
      readonly abandon?: boolean;
      readonly config?: IdentityConfig;
    } = {},
  ): Promise<Imported> {
    lastOperation += 1;
    const own = lastOperation;
    const mappedTable = `mapped_${own}`;
    await this.engine.command(
      `CREATE TABLE ${mappedTable} (row UInt32, line UInt32,
        outcome Enum8('person' = 1, 'event' = 2, 'leftOut' = 3, 'refused' = 4),
        identifiers Array(Tuple(UInt32, String)), tuple UInt128
      ) ENGINE = MergeTree ORDER BY row`,
    );
    await this.engine.insert(
      "mapped_rows_of_test",
      ["op", "row", "outcome", "identifiers"],
      rows.map((identifiers, at) => [
        own,
        at,
        identifiers === "leftOut" ? "leftOut" : at % 2 === 0 ? "event" : "person",
        identifiers === "leftOut" ? [[USERID, "left"]] : identifiers.map((pair) => [...pair]),
      ]),
    );
    await this.engine.command(
      `INSERT INTO ${mappedTable} SELECT row, row + 2, outcome, identifiers,
        reinterpretAsUInt128(sipHash128(identifiers)) FROM mapped_rows_of_test WHERE op = {own:UInt64}`,
      { own },
    );
    const resolved = await resolveImport({
      engine: this.engine,
      snapshot: this.snapshot,
      own,
      mappedTable,
      ...(options.groupSize === undefined ? {} : { groupSize: options.groupSize }),
      arrivalFrom: this.arrival,
      profileFrom: this.nextProfile,
      config: options.config ?? SHOP,
    });
    const assigned = await this.assigned(mappedTable, resolved);
    for (const table of [...identityTables(own), mappedTable]) {
      await this.engine.command(`DROP TABLE IF EXISTS ${table}`);
    }
    if (options.abandon === true) {
      this.except.push(own);
    } else {
      this.arrival += rows.length;
      this.nextProfile = resolved.nextProfile;
    }
    this.upTo = own;
    return { resolved, rows: assigned };
  }

  /** Joins as `ingest/` does. */
  private async assigned(mappedTable: string, resolved: ResolvedImport): Promise<Imported["rows"]> {
    const rows = await this.engine.query<{ profile: number; outcome: string; refused: number }>(
      `SELECT a.profile AS profile, m.outcome AS outcome,
        m.tuple IN (SELECT tuple FROM ${resolved.refusedTable}) AS refused
      FROM ${mappedTable} AS m
      ASOF LEFT JOIN ${resolved.assignmentTable} AS a ON a.tuple = m.tuple AND a.from_row <= m.row
      ORDER BY m.row`,
    );
    return rows.map(({ profile, outcome, refused }) =>
      outcome === "leftOut" ? null : refused === 1 ? "refused" : profile,
    );
  }

  digest(): ReturnType<typeof generationDigest> {
    return generationDigest(this.engine, this.snapshot, []);
  }

  violations(config = SHOP): ReturnType<typeof findViolations> {
    return findViolations(this.engine, this.snapshot, config);
  }
}

/** What the worlds of a test file need beside the engine's own tables. */
export async function prepareWorlds(engine: Engine): Promise<void> {
  await engine.command(
    `CREATE TABLE mapped_rows_of_test (op UInt64, row UInt32, outcome String,
      identifiers Array(Tuple(UInt32, String))) ENGINE = MergeTree ORDER BY (op, row)`,
  );
}
