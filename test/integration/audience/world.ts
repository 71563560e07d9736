import type {
  AttributeEntry,
  Catalog,
  Moment,
  Person,
  PersonEvent,
  ResolvedRule,
  Value,
} from "@peregrine/core";
import { compileInPasses, compileRules, evaluateRule } from "@peregrine/core";
import { askInPasses, type Engine, ensureEventTable, views } from "@peregrine/server";

/**
 * People for the tests of rules, written twice: into the engine as ingestion writes them, and as persons in
 * memory. Two schemas of interactions share the event "visit" and its properties.
 */
export const WEB = 21;
export const SHOP = 22;

type Type = "text" | "number" | "boolean" | "time" | "list";

/** Name → column: `city` is brought by two schemas, the latest of both counts. */
export const ATTRIBUTES = {
  country: { type: "text", numbers: [1] },
  city: { type: "text", numbers: [2, 3] },
  age: { type: "number", numbers: [4] },
  score: { type: "number", numbers: [5] },
  vip: { type: "boolean", numbers: [6] },
  birthday: { type: "time", numbers: [7] },
  interests: { type: "list", numbers: [8] },
} as const satisfies Record<string, { type: Type; numbers: readonly number[] }>;

export const PROPERTIES = {
  page: { type: "text", columns: { [WEB]: 31 } },
  brand: { type: "text", columns: { [WEB]: 32, [SHOP]: 42 } },
  amount: { type: "number", columns: { [WEB]: 33, [SHOP]: 43 } },
  quantity: { type: "number", columns: { [SHOP]: 44 } },
  gift: { type: "boolean", columns: { [SHOP]: 45 } },
  delivered: { type: "time", columns: { [SHOP]: 46 } },
  tags: { type: "list", columns: { [SHOP]: 47 } },
} as const satisfies Record<string, { type: Type; columns: Readonly<Record<number, number>> }>;

/** The schemas that bring each type of event. */
export const EVENTS = { pageview: [WEB], buy: [SHOP], return: [SHOP], visit: [WEB, SHOP] } as const;

const propertiesOf = (schema: number) =>
  new Map(
    Object.entries(PROPERTIES).flatMap(([name, { type, columns }]) => {
      const column = new Map(Object.entries(columns)).get(String(schema));
      return column === undefined ? [] : [[name, { type, column }] as const];
    }),
  );

export const CATALOG: Catalog = {
  attributes: new Map(Object.entries(ATTRIBUTES)),
  events: new Map(
    Object.entries(EVENTS).map(([event, schemas]) => [
      event,
      schemas.map((schema) => ({ schema, properties: propertiesOf(schema) })),
    ]),
  ),
  openSources: [],
  audiences: new Map(),
};

/** One row of an attribute under the number that the profile had then. */
export interface AttributeRow extends AttributeEntry {
  readonly profile: number;
  readonly attribute: number;
}

/** One event under the number that the profile had then. */
export interface EventRow extends PersonEvent {
  readonly profile: number;
}

export interface World {
  /** Every number ever issued. */
  readonly profiles: readonly number[];
  /** Old number → the one that it was merged into. */
  readonly merges: ReadonlyMap<number, number>;
  readonly attributes: readonly AttributeRow[];
  readonly events: readonly EventRow[];
}

/** Makes the tables of the two schemas. */
export async function createTables(engine: Engine): Promise<void> {
  for (const schema of [WEB, SHOP]) {
    const columns = [...propertiesOf(schema).values()].map(({ column, type }) => ({ number: column, type }));
    await ensureEventTable(engine, schema, columns);
  }
}

/** Writes the rows as ingestion does, all under one published operation. */
export async function writeWorld(engine: Engine, world: World, operation: number): Promise<void> {
  await engine.insert(
    "profile",
    ["op", "profile", "arrival"],
    world.profiles.map((profile) => [operation, profile, profile]),
  );
  await engine.insert(
    "profile_merge",
    ["op", "old", "new", "arrival", "step"],
    [...world.merges].map(([old, survivor], at) => [operation, old, survivor, 1_000 + at, 0]),
  );
  await engine.insert(
    "attribute",
    ["op", "import", "dataflow", "attribute", "profile", "time", "tie", "arrival", "is_null", ...TYPED],
    world.attributes.map(({ attribute, profile, time, tie, arrival, value }) => [
      ...[operation, 1, 1, attribute, profile, iso(time), tie, arrival, value === null ? 1 : 0],
      ...typedColumns(value),
    ]),
  );
  for (const schema of [WEB, SHOP]) await writeEvents(engine, schema, world.events, operation);
}

const TYPED = ["text", "number", "flag", "moment", "list"];

function typedColumns(value: Value | null): readonly unknown[] {
  return [
    typeof value === "string" ? value : "",
    typeof value === "bigint" ? decimal(value) : "0",
    value === true ? 1 : 0,
    iso(typeof value === "number" ? value : 0),
    Array.isArray(value) ? value : [],
  ];
}

async function writeEvents(
  engine: Engine,
  schema: number,
  events: readonly EventRow[],
  operation: number,
): Promise<void> {
  const columns = [...propertiesOf(schema).values()];
  const names = ["op", "import", "dataflow", "profile", "type", "time", "arrival", "key"];
  await engine.insert(
    `event_${schema}`,
    [...names, ...columns.map(({ column }) => `c${column}`)],
    events
      .filter((event) => event.schema === schema)
      .map(({ profile, type, time, values }, at) => [
        ...[operation, 1, 1, profile, type, iso(time), at, at],
        ...columns.map(({ column, type: of }) => engineValue(values.get(column), of)),
      ]),
  );
}

function engineValue(value: Value | undefined, type: Type): unknown {
  if (value === undefined) return type === "list" ? [] : null;
  if (typeof value === "bigint") return decimal(value);
  return typeof value === "number" ? iso(value) : value;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

function decimal(micros: bigint): string {
  const digits = (micros < 0n ? -micros : micros).toString().padStart(7, "0");
  return `${micros < 0n ? "-" : ""}${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

/** The same rows as persons in memory, by canonical number. */
export function peopleOf(world: World): Map<number, Person> {
  const canonical = (profile: number) => world.merges.get(profile) ?? profile;
  const people = new Map(
    world.profiles
      .filter((profile) => !world.merges.has(profile))
      .map((profile) => [
        profile,
        { attributes: new Map<number, AttributeEntry[]>(), events: [] as PersonEvent[] },
      ]),
  );
  for (const row of world.attributes) {
    const attributes = people.get(canonical(row.profile))?.attributes;
    attributes?.set(row.attribute, [...(attributes.get(row.attribute) ?? []), row]);
  }
  for (const event of world.events) people.get(canonical(event.profile))?.events.push(event);
  return people;
}

type Snapshot = Parameters<typeof views>[0];

/** Members of each rule by one compiled statement for them all; canonical numbers, ascending. */
export async function membersBySql(
  engine: Engine,
  rules: readonly ResolvedRule[],
  moment: Moment,
  snapshot: Snapshot,
): Promise<number[][]> {
  const compiled = compileRules(rules, moment);
  const head = views(snapshot, compiled.needs);
  const rows = await engine.query<number[]>(
    `${head.sql}${compiled.sql}\nORDER BY profile`,
    { ...head.parameters, ...compiled.parameters },
    { format: "arrays" },
  );
  return membersIn(rows, rules);
}

/** The same, found in passes. */
export async function membersInPasses(
  engine: Engine,
  rules: readonly ResolvedRule[],
  moment: Moment,
  snapshot: Snapshot,
): Promise<number[][]> {
  const table = `rule_passes_${snapshot.upTo}`;
  const compiled = compileInPasses(rules, moment, {}, table);
  const { sql, parameters } = compiled.rules;
  const rows = await askInPasses(engine, { snapshot, piece: undefined, compiled, table }, () =>
    engine.query<number[]>(`${sql}\nORDER BY profile`, parameters, { format: "arrays" }),
  );
  return membersIn(rows, rules);
}

function membersIn(rows: readonly (readonly number[])[], rules: readonly ResolvedRule[]): number[][] {
  return rules.map((_, index) =>
    rows.filter((row) => isTrue(row[index + 1])).map(([profile = 0]) => profile),
  );
}

function isTrue(value: number | undefined): boolean {
  if (value !== 0 && value !== 1) throw new Error(`a condition is ${value}, neither true nor false`);
  return value === 1;
}

/** Members of a rule by the evaluator in memory; canonical numbers, ascending. */
export function membersInMemory(
  people: ReadonlyMap<number, Person>,
  rule: ResolvedRule,
  moment: Moment,
): number[] {
  return [...people]
    .filter(([, person]) => evaluateRule(rule, person, moment))
    .map(([profile]) => profile)
    .sort((left, right) => left - right);
}
