import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DefinitionInput, definition } from "@peregrine/core";
import { type Engine, ensureEventTable } from "@peregrine/server";
import { type ImportView, IngestService } from "../../../packages/server/src/ingest/index.ts";
import { openStore, type Store } from "../../../packages/server/src/store/index.ts";
import { TestClock } from "../harness/stores.ts";

const QUIET = { info: () => {}, warn: () => {}, error: () => {} };

/** An installation without its API: a control plane of its own on an engine that others may use too. */
export interface IngestWorld {
  readonly store: Store;
  readonly engine: Engine;
  readonly folder: string;
  readonly clock: TestClock;
  readonly service: IngestService;
  define(...definitions: DefinitionInput[]): Promise<void>;
  /** Sends a file and waits for its end. */
  import(dataflow: string, content: string | Buffer): Promise<ImportView>;
  /** The next import to end; to be asked for before it can have ended. */
  ended(id: number): Promise<ImportView>;
  refused(id: number): Promise<{ line: number; column: string; reason: string; raw: string }[]>;
  /** Ends the service as it stands and begins a new one on the same data. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** A shop's definitions: customers with an attribute, orders with events. */
export const SHOP: DefinitionInput[] = [
  { kind: "identifier", id: "userid", blocked: ["0"], priority: 100, limit: "one" },
  { kind: "identifier", id: "email", normalise: ["trim", "lowercase"], priority: 50, limit: "one" },
  {
    kind: "schema",
    id: "people",
    parent: "PersonalData",
    personIdentifier: "userid",
    columns: [
      { name: "userid", type: "text", identifier: "userid" },
      { name: "email", type: "text", identifier: "email" },
      { name: "country", type: "text" },
      { name: "points", type: "number" },
      { name: "subscribed", type: "boolean" },
      { name: "born", type: "time" },
    ],
  },
  {
    kind: "schema",
    id: "orders",
    parent: "Interaction",
    personIdentifier: "userid",
    columns: [
      { name: "userid", type: "text", identifier: "userid" },
      { name: "sku", type: "text" },
      { name: "quantity", type: "number" },
      { name: "price", type: "number" },
    ],
  },
  {
    kind: "dataflow",
    id: "people",
    schema: "people",
    map: { userid: "id", email: "mail", country: "country", points: "number(points)" },
    time: "time(changed)",
    refuseAbove: 0.5,
  },
  {
    kind: "dataflow",
    id: "orders",
    schema: "orders",
    map: { userid: "id", sku: "sku", quantity: "number(quantity)", price: "number(price)" },
    event: 'if(number(quantity) > 0, "buy", "return")',
    time: "time(at)",
    leaveOut: 'sku = "TEST"',
    refuseAbove: 0.5,
  },
];

/** Numbers of operations, imports and profiles begin anew in each world, so each world has an engine of its own. */
export async function createWorld(
  engine: Engine,
  options: { stretchRows?: number } = {},
): Promise<IngestWorld> {
  const folder = mkdtempSync(join(tmpdir(), "peregrine-ingest-"));
  const clock = new TestClock();
  const store = await openStore({ databaseUrl: undefined, folder, clock });
  const waiting = new Map<number, (view: ImportView) => void>();
  const begin = async () => {
    const service = new IngestService({
      takesIn: true,
      engine,
      store,
      folder: join(folder, "uploads"),
      streamFolder: join(folder, "streams"),
      clock,
      holder: "test",
      ...options,
      log: QUIET,
      onEnded: ({ id }) => void service.get(id).then((view) => waiting.get(id)?.(view)),
    });
    await service.start();
    return service;
  };
  let service = await begin();
  const ended = async (id: number): Promise<ImportView> => {
    const told = new Promise<ImportView>((resolve) => waiting.set(id, resolve));
    const now = await service.get(id);
    return now.finishedAt === null ? told : now;
  };
  return {
    store,
    engine,
    folder,
    clock,
    get service() {
      return service;
    },
    async define(...definitions) {
      for (const input of definitions) {
        const body = definition.parse(input);
        const { number } = await store.definitions.put(body, { origin: "api", by: "test" });
        if (body.kind !== "schema") continue;
        const columns = await store.definitions.numberColumns(body.id, body.columns);
        if (body.parent === "Interaction") await ensureEventTable(engine, number, columns);
      }
    },
    ended,
    async import(dataflow, content) {
      const bytes = Buffer.from(content);
      const queued = await service.upload(
        dataflow,
        "test.csv",
        (async function* () {
          yield bytes;
        })(),
        "test",
      );
      if (queued.sha256 !== createHash("sha256").update(bytes).digest("hex"))
        throw new Error("another file came in");
      return ended(queued.id);
    },
    async refused(id) {
      const rows = [];
      for await (const block of service.refusedRows(id)) rows.push(...block);
      return rows;
    },
    async restart() {
      await service.close();
      service = await begin();
    },
    async close() {
      await service.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Counts add up, whatever became of the import. */
export function addsUp(view: ImportView): boolean {
  const { counts } = view;
  if (counts === null) return false;
  return (
    counts.read === counts.personRows + counts.events + counts.leftOut + counts.noIdentifier + counts.refused
  );
}
