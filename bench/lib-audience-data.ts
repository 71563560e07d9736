import { type DefinitionInput, definition } from "@peregrine/core";
import { type Engine, ensureEventTable, eventColumn, eventTable, type Store } from "@peregrine/server";

export const BY = { origin: "api", by: "bench" } as const;
const DAY = 86_400_000;

/** As of when everything is evaluated; the events lie in the two years before, few of them after. */
export const AS_OF = Date.UTC(2026, 5, 15, 12);

export const COUNTRIES = ["UK", "France", "Germany", "Norway", "Spain", "Italy", "Poland", "Ireland"];
export const CITIES = Array.from({ length: 200 }, (_, at) => `City ${at}`);
export const PLANS = ["free", "basic", "plus", "Plus", "team"];
export const INTERESTS = ["running", "cooking", "travel", "music", "gardening", "books"];
export const PAGES = Array.from({ length: 500 }, (_, at) => `/category/${at % 25}/product-${at}`);
export const SECTIONS = ["home", "sale", "news", "help", "shop", "account"];
export const BRANDS = Array.from({ length: 60 }, (_, at) => `Brand ${at}`);
export const CATEGORIES = ["shoes", "coats", "lamps", "toys", "food", "wine", "tools", "paper"];

const DEFINITIONS: readonly DefinitionInput[] = [
  { kind: "identifier", id: "userid", limit: "one", priority: 100 },
  {
    kind: "schema",
    id: "customers",
    parent: "PersonalData",
    personIdentifier: "userid",
    columns: [
      { name: "userid", type: "text", identifier: "userid" },
      { name: "country", type: "text" },
      { name: "city", type: "text" },
      { name: "plan", type: "text" },
      { name: "age", type: "number" },
      { name: "score", type: "number" },
      { name: "vip", type: "boolean" },
      { name: "birthday", type: "time" },
      { name: "interests", type: "list" },
    ],
  },
  {
    kind: "schema",
    id: "web",
    parent: "Interaction",
    personIdentifier: "userid",
    columns: [
      { name: "userid", type: "text", identifier: "userid" },
      { name: "page", type: "text" },
      { name: "section", type: "text" },
      { name: "seconds", type: "number" },
      { name: "mobile", type: "boolean" },
    ],
  },
  {
    kind: "schema",
    id: "shop",
    parent: "Interaction",
    personIdentifier: "userid",
    columns: [
      { name: "userid", type: "text", identifier: "userid" },
      { name: "brand", type: "text" },
      { name: "category", type: "text" },
      { name: "amount", type: "number" },
      { name: "quantity", type: "number" },
      { name: "gift", type: "boolean" },
      { name: "delivered", type: "time" },
      { name: "tags", type: "list" },
    ],
  },
  { kind: "dataflow", id: "customers", schema: "customers", map: { userid: "userid" } },
  { kind: "dataflow", id: "web", schema: "web", map: { userid: "userid" }, event: "event" },
  { kind: "dataflow", id: "shop", schema: "shop", map: { userid: "userid" }, event: "event" },
];

/** A column of a table by its definition's name: the expression that fills it, over `number`. */
type Columns = Readonly<Record<string, string>>;

const pick = (values: readonly string[], salt: number): string =>
  `[${values.map((value) => `'${value}'`).join(", ")}][1 + cityHash64(number, ${salt}) % ${values.length}]`;
const share = (salt: number): string => `(cityHash64(number, ${salt}) / 18446744073709551616.)`;
const orNull = (salt: number, percent: number, value: string): string =>
  `if(cityHash64(number, ${salt}) % 100 < ${percent}, NULL, ${value})`;
const number = (salt: number, below: number): string =>
  `toDecimal64(cityHash64(number, ${salt}) % ${below * 100}, 6) / 100`;

/** How much of all events each schema has, the types among them (out of 100), and what fills the columns. */
const EVENTS: Readonly<Record<string, { share: number; types: readonly string[]; columns: Columns }>> = {
  web: {
    share: 0.85,
    types: [
      ...Array<string>(52).fill("pageview"),
      ...Array<string>(20).fill("search"),
      ...Array<string>(14).fill("click"),
      ...Array<string>(9).fill("cart"),
      ...Array<string>(5).fill("visit"),
    ],
    columns: {
      page: pick(PAGES, 11),
      section: orNull(12, 10, pick(SECTIONS, 13)),
      seconds: orNull(14, 5, number(15, 600)),
      mobile: orNull(16, 5, "cityHash64(number, 17) % 2 = 1"),
    },
  },
  shop: {
    share: 0.15,
    types: [
      ...Array<string>(60).fill("buy"),
      ...Array<string>(12).fill("return"),
      ...Array<string>(18).fill("wish"),
      ...Array<string>(10).fill("visit"),
    ],
    columns: {
      brand: orNull(21, 3, pick(BRANDS, 22)),
      category: pick(CATEGORIES, 23),
      amount: orNull(24, 3, number(25, 300)),
      quantity: `toDecimal64(1 + cityHash64(number, 26) % 5, 6)`,
      gift: orNull(27, 10, "cityHash64(number, 28) % 8 = 1"),
      delivered: orNull(29, 40, `time + INTERVAL cityHash64(number, 30) % 400 HOUR`),
      tags: `arrayFilter((tag, at) -> bitTest(cityHash64(number, 31), at), ['new', 'sale', 'bulk'], [3, 7, 11])`,
    },
  },
};
export const EVENT_TYPES = {
  web: [...new Set(EVENTS["web"]?.types)],
  shop: [...new Set(EVENTS["shop"]?.types)],
} as const;

/** Where `attribute` keeps it, for how many people it is known, and its value. */
const ATTRIBUTES: Readonly<Record<string, { column: string; percent: number; value: string }>> = {
  country: { column: "text", percent: 92, value: pick(COUNTRIES, 41) },
  city: { column: "text", percent: 70, value: pick(CITIES, 42) },
  plan: { column: "text", percent: 85, value: pick(PLANS, 43) },
  age: { column: "number", percent: 60, value: "toDecimal64(16 + cityHash64(number, 44) % 70, 6)" },
  score: { column: "number", percent: 95, value: number(45, 1000) },
  vip: { column: "flag", percent: 50, value: "cityHash64(number, 46) % 10 = 1" },
  birthday: {
    column: "moment",
    percent: 55,
    value: "toDateTime64('1950-01-01 00:00:00', 3, 'UTC') + INTERVAL cityHash64(number, 47) % 20000 DAY",
  },
  interests: {
    column: "list",
    percent: 45,
    value: `arrayFilter((one, at) -> bitTest(cityHash64(number, 48), at), [${INTERESTS.map((one) => `'${one}'`).join(", ")}], [1, 4, 7, 10, 13, 16])`,
  },
};

const ROWS_PER_INSERT = 3_000_000;

/** People, what is known of them and what they did, as ingestion leaves them; always the same for the same sizes. */
export async function fill(engine: Engine, store: Store, profiles: number, events: number): Promise<void> {
  for (const input of DEFINITIONS) {
    const body = definition.parse(input);
    await store.definitions.put(body, BY);
    if (body.kind === "schema") await store.definitions.numberColumns(body.id, body.columns);
  }
  const op = await store.operations.open("import", "bench", 0);
  await fillPeople(engine, store, profiles, op);
  for (const [schema, { share: part }] of Object.entries(EVENTS)) {
    await fillEvents(engine, store, schema, profiles, Math.round(events * part), op);
  }
  await store.operations.publish(op);
  await mergesEnded(engine);
}

async function fillPeople(engine: Engine, store: Store, profiles: number, op: number): Promise<void> {
  const from = `FROM numbers(1, ${profiles})`;
  await engine.command(`INSERT INTO profile (op, profile, arrival) SELECT ${op}, number, number ${from}`);
  // One in fifty was somebody else's cookie before: its number was merged into a smaller one.
  const old = "number % 50 = 0";
  const survivor = "number - 1 - cityHash64(number, 51) % 49";
  await engine.command(
    `INSERT INTO profile_merge (op, old, new, arrival, step)
     SELECT ${op}, number, ${survivor}, ${profiles} + number, 0 ${from} WHERE ${old}`,
  );
  const identifier = await store.definitions.get("identifier", "userid");
  for (const table of ["identifier", "identifier_of_profile"]) {
    await engine.command(
      `INSERT INTO ${table} (op, kind, value, profile, arrival, step)
       SELECT ${op}, ${identifier?.number ?? 0}, toString(1000000 + number), number, number, 0 ${from}
       WHERE NOT (${old}) AND cityHash64(number, 52) % 10 < 8`,
    );
  }
  const columns = await store.definitions.columns("customers");
  for (const [name, { column, percent, value }] of Object.entries(ATTRIBUTES)) {
    const attribute = columns.find((one) => one.name === name)?.number ?? 0;
    const known = `cityHash64(number, 53, '${name}') % 100`;
    // Every tenth has told it twice, and some of these have taken it back the second time.
    for (const again of [0, 1]) {
      await engine.command(
        `INSERT INTO attribute (op, import, dataflow, attribute, profile, time, arrival, is_null, ${column})
         SELECT ${op}, 1, 1, ${attribute}, number, toDateTime64('2025-01-01 00:00:00', 3, 'UTC')
           + INTERVAL ${again} * (cityHash64(number, 54) % 400) DAY,
           ${again} * ${profiles} + number, ${again} AND cityHash64(number, 55) % 5 = 0, ${value}
         ${from} WHERE ${known} < ${again === 0 ? percent : Math.round(percent / 10)}`,
      );
    }
  }
}

/**
 * How often the person of rank r did something falls with (r + b)^-1.5: with 30 events for each profile the first has
 * some 10,000, the median 2, and every seventh none.
 */
async function fillEvents(
  engine: Engine,
  store: Store,
  schema: string,
  profiles: number,
  events: number,
  op: number,
): Promise<void> {
  const made = EVENTS[schema];
  const record = await store.definitions.get("schema", schema);
  if (made === undefined || record === undefined) throw new Error(`there is no schema ${schema}`);
  const columns = await store.definitions.columns(schema);
  await ensureEventTable(
    engine,
    record.number,
    record.body.columns.map(({ name, type }) => ({
      number: columns.find((column) => column.name === name)?.number ?? 0,
      type,
    })),
  );
  const filled = Object.entries(made.columns).map(([name, value]) => ({
    column: eventColumn(columns.find((column) => column.name === name)?.number ?? 0),
    value,
  }));
  const b = 0.00156 * profiles;
  const reach = 1 - Math.sqrt(b / (profiles + b));
  const rank = `toUInt64(least(${profiles - 1}, ${b} / pow(1 - ${share(61)} * ${reach}, 2) - ${b}))`;
  // Two years back, more of it lately; one in a thousand is dated into the future.
  const ago = `if(cityHash64(number, 62) % 1000 = 0, -1, 1) * toInt64(${730 * DAY} * pow(${share(63)}, 1.5))`;
  for (let first = 0; first < events; first += ROWS_PER_INSERT) {
    const rows = Math.min(ROWS_PER_INSERT, events - first);
    await engine.command(
      `INSERT INTO ${eventTable(record.number)} (op, import, dataflow, profile, type, time, arrival, key, ${filled.map(({ column }) => column).join(", ")})
       SELECT ${op}, 1, 1, 1 + (${rank} * 7919) % ${profiles}, ${pick(made.types, 64)},
         fromUnixTimestamp64Milli(${AS_OF} - ${ago}, 'UTC') AS time, number, number,
         ${filled.map(({ value }) => value).join(", ")}
       FROM numbers(${first}, ${rows})`,
    );
  }
}

/** Parts that are still being merged would be measured too. */
async function mergesEnded(engine: Engine): Promise<void> {
  for (;;) {
    const [row] = await engine.query<{ running: number }>(
      "SELECT toUInt32(count()) AS running FROM system.merges",
    );
    if (row?.running === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
