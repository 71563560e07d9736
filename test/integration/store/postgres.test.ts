import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openStore, type Store } from "../../../packages/server/src/store/index.ts";
import { type PostgresCluster, startPostgres } from "../harness/postgres.ts";
import { TestClock } from "../harness/stores.ts";

let cluster: PostgresCluster;
const opened: Store[] = [];
const folder = mkdtempSync(join(tmpdir(), "peregrine-store-"));

beforeAll(async () => {
  cluster = await startPostgres();
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});
afterAll(async () => {
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function open(databaseUrl: string, clock = new TestClock()): Promise<Store> {
  const store = await openStore({ databaseUrl, folder, clock });
  opened.push(store);
  return store;
}

test("servers that start together on a new database make one installation of it", async () => {
  const url = await cluster.createDatabase();
  const stores = await Promise.all([open(url), open(url), open(url), open(url)]);
  expect(new Set(stores.map(({ installation }) => installation.id)).size).toBe(1);
  const codes = await Promise.all(stores.map(({ tokens }) => tokens.ensureSetupCode()));
  expect(codes.filter((code) => code !== undefined)).toHaveLength(1);
});

test("an operation that one server opens is never overtaken unnoticed by another server's", async () => {
  const url = await cluster.createDatabase();
  const [one, other] = [await open(url), await open(url)];
  // The first server's opening hangs between drawing its id and committing it.
  let draw: (id: number) => void = () => undefined;
  let commit: () => void = () => undefined;
  const drawn = new Promise<number>((resolve) => {
    draw = resolve;
  });
  const committed = new Promise<void>((resolve) => {
    commit = resolve;
  });
  const opening = one.db.transaction().execute(async (trx) => {
    const id = await one.counters.with(trx).draw("operation");
    draw(id);
    await committed;
    await trx
      .insertInto("operation")
      .values({ id, kind: "import", subject: "1", state: "open", epoch: 1, opened_at: 0 })
      .execute();
  });
  const slow = await drawn;
  const quick = other.operations.open("import", "2", 1);
  expect((await other.operations.snapshot()).upTo).toBe(0);
  commit();
  await opening;
  await other.operations.publish(await quick);
  expect(await other.operations.snapshot()).toMatchObject({ upTo: slow + 1, except: [slow] });
});

test("a lease that is taken over in the middle of a publication waits for its end", async () => {
  const url = await cluster.createDatabase();
  const clock = new TestClock();
  const [one, other] = [await open(url, clock), await open(url, clock)];
  const lease = await one.leases.acquire("resolver", "one", 1000);
  if (lease === undefined) throw new Error("the lease was free");
  const operation = await one.operations.open("import", "1", lease.epoch);
  const order: string[] = [];
  let taking: Promise<unknown> = Promise.resolve();
  await one.operations.publish(
    operation,
    async () => {
      clock.advance(1000);
      taking = other.leases.acquire("resolver", "two", 1000).then(() => order.push("taken over"));
      // Long enough for the other's statement to be waiting for the row.
      const waiting = `select 1 from pg_stat_activity where wait_event_type = 'Lock'`;
      await expect.poll(async () => (await cluster.query(url, waiting)).length).toBeGreaterThan(0);
      order.push("published");
    },
    lease,
  );
  await taking;
  expect(order).toEqual(["published", "taken over"]);
});

test("a database that is down is named as such, and is used again when it is back", async () => {
  const url = await cluster.createDatabase();
  const store = await open(url);
  await store.counters.draw("profile", 5);
  await cluster.crash();
  await expect(store.counters.get("profile")).rejects.toMatchObject({ code: "storeUnavailable" });
  await expect(open(url)).rejects.toMatchObject({ code: "storeUnavailable" });
  await cluster.start();
  expect(await store.counters.get("profile")).toBe(5);
});

test("a database that does not exist is named as such", async () => {
  const url = (await cluster.createDatabase()).replace(/test_\d+/, "nowhere");
  await expect(open(url)).rejects.toMatchObject({ code: "storeUnavailable" });
});
