import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AttributeEntry, Catalog, Person, PersonEvent, Value } from "@peregrine/core";
import type { Engine } from "@peregrine/server";
import { AudienceService } from "../../../packages/server/src/audience/index.ts";
import { DefinitionService } from "../../../packages/server/src/definition/index.ts";
import { ensureEventTable } from "../../../packages/server/src/engine/index.ts";
import { openStore, type Store, setBase, type Touched } from "../../../packages/server/src/store/index.ts";
import { startEngine } from "../harness/engine.ts";
import { TestClock } from "../harness/stores.ts";

const DEFINITIONS = [
  { kind: "identifier", id: "userid", limit: "one", priority: 200 },
  {
    kind: "schema",
    id: "customers",
    parent: "PersonalData",
    personIdentifier: "userid",
    columns: [
      { name: "userid", type: "text", identifier: "userid" },
      { name: "country", type: "text" },
      { name: "renewal", type: "time" },
    ],
  },
  {
    kind: "schema",
    id: "orders",
    parent: "Interaction",
    personIdentifier: "userid",
    columns: [
      { name: "userid", type: "text", identifier: "userid" },
      { name: "amount", type: "number" },
      { name: "delivered", type: "time" },
    ],
  },
  {
    kind: "dataflow",
    id: "orders",
    schema: "orders",
    map: { userid: "user", amount: "number(amount)", delivered: "time(delivered)" },
    event: 'if(amount = "0", "visit", "buy")',
  },
];

export interface AttributeRow {
  readonly profile: number;
  readonly attribute: "country" | "renewal";
  readonly time: number;
  readonly value: string | number | null;
}

export interface OrderRow {
  readonly profile: number;
  readonly type: "buy" | "visit";
  readonly time: number;
  /** Millionths. */
  readonly amount: bigint | undefined;
  readonly delivered: number | undefined;
}

/** What one import brings; with `overwrite` it replaces all orders that came by overwriting before. */
export interface Arrival {
  readonly newProfiles: readonly number[];
  readonly merges: readonly (readonly [old: number, survivor: number])[];
  readonly attributes: readonly AttributeRow[];
  readonly orders: readonly OrderRow[];
  readonly overwrite: boolean;
}

/** An installation whose data is kept in memory as well. */
export class ScheduleWorld {
  readonly clock: TestClock;
  readonly store: Store;
  readonly audiences: AudienceService;
  readonly definitions: DefinitionService;
  readonly catalog: Omit<Catalog, "audiences">;
  readonly #engine: Engine;
  readonly #schema: number;
  readonly #identifier: number;
  readonly #close: () => Promise<void>;
  readonly #profiles = new Set<number>();
  readonly #merges = new Map<number, number>();
  readonly #attributes: (AttributeRow & { readonly arrival: number })[] = [];
  #orders: (OrderRow & { readonly overwrite: boolean })[] = [];
  #arrival = 0;
  #import = 0;

  private constructor(options: {
    clock: TestClock;
    store: Store;
    audiences: AudienceService;
    definitions: DefinitionService;
    catalog: Omit<Catalog, "audiences">;
    engine: Engine;
    schema: number;
    identifier: number;
    close: () => Promise<void>;
  }) {
    this.clock = options.clock;
    this.store = options.store;
    this.audiences = options.audiences;
    this.definitions = options.definitions;
    this.catalog = options.catalog;
    this.#engine = options.engine;
    this.#schema = options.schema;
    this.#identifier = options.identifier;
    this.#close = options.close;
  }

  static async open(start: number, timeZone: string): Promise<ScheduleWorld> {
    const { engine, close } = await startEngine();
    const folder = mkdtempSync(join(tmpdir(), "peregrine-schedule-"));
    const clock = new TestClock(start);
    const store = await openStore({ folder, clock });
    const definitions = new DefinitionService({ store });
    const audiences = new AudienceService({ store, engine, clock, definitions, timeZone, instance: "test" });
    await definitions.apply(DEFINITIONS, { origin: "api", by: "test" });
    const number = async (kind: "identifier" | "schema", id: string) =>
      (await store.definitions.get(kind, id))?.number ?? 0;
    const schema = await number("schema", "orders");
    const orders = await store.definitions.columns("orders");
    await ensureEventTable(engine, schema, orders);
    const properties = new Map(orders.map(({ name, type, number: column }) => [name, { type, column }]));
    const customers = await store.definitions.columns("customers");
    return new ScheduleWorld({
      clock,
      store,
      audiences,
      definitions,
      engine,
      schema,
      identifier: await number("identifier", "userid"),
      catalog: {
        attributes: new Map(customers.map(({ name, type, number: one }) => [name, { type, numbers: [one] }])),
        events: new Map(["buy", "visit"].map((type) => [type, [{ schema, properties }]])),
        openSources: [{ schema, properties }],
      },
      async close() {
        await store.close();
        await close();
        rmSync(folder, { recursive: true, force: true });
      },
    });
  }

  close(): Promise<void> {
    return this.#close();
  }

  /** Publishes an import as ingestion does, and says what it touched as ingestion does. */
  async publish(arrival: Arrival): Promise<void> {
    const { newProfiles, attributes, orders, overwrite } = arrival;
    // Older pointers to whoever is merged away are pointed anew.
    const merges = arrival.merges.flatMap(([old, survivor]) =>
      [...this.#profiles]
        .filter((one) => this.#canonical(one) === old)
        .map((one) => [one, survivor] as const),
    );
    const op = await this.store.operations.open("import", "test", 1);
    this.#import += 1;
    const dataflow = overwrite ? 2 : 1;
    await this.#insert("profile", ["op", "profile", "arrival"], newProfiles, (one) => [
      op,
      one,
      this.#next(),
    ]);
    await this.#insert(
      "profile_merge",
      ["op", "old", "new", "arrival", "step"],
      merges,
      ([old, survivor]) => [...[op, old, survivor, this.#next(), 0]],
    );
    const number = (name: string) => this.catalog.attributes.get(name)?.numbers[0] ?? 0;
    const numbered = attributes.map((row) => ({ ...row, arrival: this.#next() }));
    const columns = ["op", "import", "dataflow", "attribute", "profile", "time", "arrival", "is_null"];
    await this.#insert("attribute", [...columns, "text", "moment"], numbered, (row) => [
      ...[op, this.#import, 1, number(row.attribute), row.profile, iso(row.time), row.arrival],
      ...[row.value === null ? 1 : 0, typeof row.value === "string" ? row.value : ""],
      iso(typeof row.value === "number" ? row.value : 0),
    ]);
    const property = (name: string) => this.catalog.openSources[0]?.properties.get(name)?.column ?? 0;
    const event = ["op", "import", "dataflow", "profile", "type", "time", "arrival", "key"];
    await this.#insert(
      `event_${this.#schema}`,
      [...event, `c${property("amount")}`, `c${property("delivered")}`],
      orders,
      (row) => [
        ...[op, this.#import, dataflow, row.profile, row.type, iso(row.time), this.#next(), this.#arrival],
        row.amount === undefined ? null : String(Number(row.amount) / 1_000_000),
        row.delivered === undefined ? null : iso(row.delivered),
      ],
    );
    const touched: Touched = {
      attributes: [...new Set(attributes.map(({ attribute }) => number(attribute)))],
      events: overwrite ? "any" : [...new Set(orders.map(({ type }) => type))],
      newProfiles: newProfiles.length > 0,
    };
    const rows = this.#import;
    await this.store.operations.publish(
      op,
      async (transaction) => {
        if (overwrite) await setBase(transaction, dataflow, rows);
      },
      undefined,
      merges.length > 0 ? undefined : touched,
    );
    for (const one of newProfiles) this.#profiles.add(one);
    for (const [old, survivor] of merges) this.#merges.set(old, survivor);
    this.#attributes.push(...numbered);
    if (overwrite) this.#orders = this.#orders.filter((row) => !row.overwrite);
    this.#orders.push(...orders.map((row) => ({ ...row, overwrite })));
  }

  /** People who were not merged into others. */
  survivors(): number[] {
    return [...this.#profiles].filter((profile) => !this.#merges.has(profile));
  }

  people(): ReadonlyMap<number, Person> {
    const attributes = new Map<number, Map<number, AttributeEntry[]>>();
    const events = new Map<number, PersonEvent[]>();
    for (const profile of this.survivors()) {
      attributes.set(profile, new Map());
      events.set(profile, []);
    }
    for (const { profile, attribute, time, arrival, value } of this.#attributes) {
      const own = attributes.get(this.#canonical(profile));
      const number = this.catalog.attributes.get(attribute)?.numbers[0] ?? 0;
      own?.set(number, [...(own.get(number) ?? []), { time, tie: "", arrival, value }]);
    }
    const source = this.catalog.openSources[0];
    for (const { profile, type, time, amount, delivered } of this.#orders) {
      const named: [string, Value | undefined][] = [
        ["amount", amount],
        ["delivered", delivered],
      ];
      const values = new Map(
        named.flatMap(([name, value]): [number, Value][] =>
          value === undefined ? [] : [[source?.properties.get(name)?.column ?? 0, value]],
        ),
      );
      events.get(this.#canonical(profile))?.push({ schema: this.#schema, type, time, values });
    }
    return new Map(
      this.survivors().map((profile) => [
        profile,
        { attributes: attributes.get(profile) ?? new Map(), events: events.get(profile) ?? [] },
      ]),
    );
  }

  /** Who belongs to each audience by what was published; canonical numbers, ascending. */
  async members(ids: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>> {
    const snapshot = await this.store.operations.snapshot();
    const head = this.audiences.membersAndPersons(snapshot, ids, this.#identifier);
    const rows = await this.#engine.query<{ audience: string; profile: number }>(
      `${head.sql}SELECT audience, profile FROM member ORDER BY audience, profile`,
      head.parameters,
    );
    return new Map(
      ids.map((id) => [id, rows.filter((row) => row.audience === id).map(({ profile }) => profile)]),
    );
  }

  async #insert<Row>(
    table: string,
    columns: readonly string[],
    rows: readonly Row[],
    values: (row: Row) => readonly unknown[],
  ): Promise<void> {
    if (rows.length > 0) await this.#engine.insert(table, columns, rows.map(values));
  }

  #canonical(profile: number): number {
    const into = this.#merges.get(profile);
    return into === undefined ? profile : this.#canonical(into);
  }

  #next(): number {
    this.#arrival += 1;
    return this.#arrival;
  }
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
