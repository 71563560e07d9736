import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine } from "@peregrine/server";
import { AudienceService, type PieceSize } from "../../../packages/server/src/audience/index.ts";
import { DefinitionService } from "../../../packages/server/src/definition/index.ts";
import { ensureEventTable } from "../../../packages/server/src/engine/index.ts";
import { openStore, type Store } from "../../../packages/server/src/store/index.ts";
import { startEngine } from "../harness/engine.ts";
import { TestClock } from "../harness/stores.ts";

const SHOP_DEFINITIONS = [
  { kind: "identifier", id: "userid", limit: "one", priority: 200 },
  { kind: "identifier", id: "email", priority: 100 },
  {
    kind: "schema",
    id: "customers",
    parent: "PersonalData",
    personIdentifier: "userid",
    columns: [
      { name: "userid", type: "text", identifier: "userid" },
      { name: "country", type: "text" },
      { name: "age", type: "number" },
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
    ],
  },
  {
    kind: "dataflow",
    id: "orders",
    schema: "orders",
    map: { userid: "user", amount: "number(amount)" },
    event: 'if(amount = "0", "return", "buy")',
  },
];

/** An installation with a small shop's definitions, and rows that are written as ingestion writes them. */
export interface Installation {
  readonly engine: Engine;
  readonly store: Store;
  readonly clock: TestClock;
  readonly definitions: DefinitionService;
  readonly audiences: AudienceService;
  /** The audiences as another process on the same planes sees them. */
  secondProcess(
    engine: Engine,
    piece?: PieceSize,
    sample?: { readonly stretches: number; readonly width: number; readonly fromRows: number },
  ): AudienceService;
  audience(id: string, rule: unknown): Promise<void>;
  /** Publishes rows as one import. */
  write(rows: Rows): Promise<number>;
  /** The members after the last evaluation, by canonical number. */
  members(audience: string): Promise<number[]>;
  close(): Promise<void>;
}

interface Rows {
  readonly profiles?: readonly number[];
  readonly merges?: readonly (readonly [old: number, survivor: number])[];
  readonly users?: readonly (readonly [value: string, profile: number])[];
  /** Profile and country; null clears. */
  readonly countries?: readonly (readonly [profile: number, country: string | null])[];
  /** Profile, time in ms UTC, amount. */
  readonly buys?: readonly (readonly [profile: number, time: number, amount: string])[];
}

export async function startInstallation(): Promise<Installation> {
  const { engine, close: closeEngine } = await startEngine();
  const folder = mkdtempSync(join(tmpdir(), "peregrine-audience-"));
  const clock = new TestClock(Date.UTC(2026, 5, 15, 12));
  const store = await openStore({ folder, clock });
  const definitions = new DefinitionService({ store });
  const audiences = new AudienceService({
    store,
    engine,
    clock,
    definitions,
    timeZone: "UTC",
    instance: "test",
  });
  await definitions.apply(SHOP_DEFINITIONS, { origin: "api", by: "test" });
  const number = async (kind: "identifier" | "schema", id: string) => {
    const record = await store.definitions.get(kind, id);
    return record?.number ?? 0;
  };
  const column = async (schema: string, name: string) => {
    const columns = await store.definitions.columns(schema);
    return columns.find((one) => one.name === name)?.number ?? 0;
  };
  const orders = await number("schema", "orders");
  const orderColumns = await store.definitions.columns("orders");
  await ensureEventTable(
    engine,
    orders,
    orderColumns.map((one) => ({ number: one.number, type: one.type === "number" ? "number" : "text" })),
  );
  let arrival = 0;
  const next = () => {
    arrival += 1;
    return arrival;
  };
  return {
    engine,
    store,
    clock,
    definitions,
    audiences,
    secondProcess: (own, piece, sample) =>
      new AudienceService({
        store,
        engine: own,
        clock,
        definitions: new DefinitionService({ store }),
        timeZone: "UTC",
        instance: "other",
        ...(piece === undefined ? {} : { piece }),
        ...(sample === undefined ? {} : { sample }),
      }),
    async audience(id, rule) {
      await definitions.apply([{ kind: "audience", id, name: id, rule }], { origin: "api", by: "test" });
    },
    async write({ profiles = [], merges = [], users = [], countries = [], buys = [] }) {
      const op = await store.operations.open("import", "test", 1);
      const now = new Date(clock.now()).toISOString();
      await engine.insert(
        "profile",
        ["op", "profile", "arrival"],
        profiles.map((one) => [op, one, next()]),
      );
      await engine.insert(
        "profile_merge",
        ["op", "old", "new", "arrival", "step"],
        merges.map(([old, survivor]) => [op, old, survivor, next(), 0]),
      );
      const kind = await number("identifier", "userid");
      const owned = users.map(([value, profile]) => [op, kind, value, profile, next(), 0]);
      for (const table of ["identifier", "identifier_of_profile"]) {
        await engine.insert(table, ["op", "kind", "value", "profile", "arrival", "step"], owned);
      }
      const country = await column("customers", "country");
      await engine.insert(
        "attribute",
        ["op", "import", "dataflow", "attribute", "profile", "time", "arrival", "is_null", "text"],
        countries.map(([profile, value]) => [
          op,
          1,
          1,
          country,
          profile,
          now,
          next(),
          value === null ? 1 : 0,
          value ?? "",
        ]),
      );
      const amount = await column("orders", "amount");
      await engine.insert(
        `event_${orders}`,
        ["op", "import", "dataflow", "profile", "type", "time", "arrival", "key", `c${amount}`],
        buys.map(([profile, time, value]) => [
          op,
          1,
          1,
          profile,
          "buy",
          new Date(time).toISOString(),
          next(),
          arrival,
          value,
        ]),
      );
      await store.operations.publish(op);
      return op;
    },
    async members(audience) {
      const head = audiences.membersAndPersons(
        await store.operations.snapshot(),
        [audience],
        await number("identifier", "userid"),
      );
      const rows = await engine.query<{ profile: number }>(
        `${head.sql}SELECT profile FROM member ORDER BY profile`,
        head.parameters,
      );
      return rows.map(({ profile }) => profile);
    },
    async close() {
      await store.close();
      await closeEngine();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
