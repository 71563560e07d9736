import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Generated, Kysely, sql } from "kysely";
import { afterEach, expect, test } from "vitest";
import { setBase } from "../../../packages/server/src/store/index.ts";
import { sqliteDialect } from "../../../packages/server/src/store/sqlite-dialect.ts";
import { SQLITE } from "../harness/stores.ts";

interface Notes {
  note: { id: Generated<number>; text: string | null };
}

const open: Kysely<Notes>[] = [];
const folders: string[] = [];

afterEach(async () => {
  await SQLITE.clean();
  for (const db of open.splice(0)) await db.destroy();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "peregrine-sqlite-"));
  folders.push(folder);
  return join(folder, "test.db");
}

function connect(file: string, connectionTimeoutMs = 10_000): Kysely<Notes> {
  const db = new Kysely<Notes>({ dialect: sqliteDialect({ file, busyTimeoutMs: 50, connectionTimeoutMs }) });
  open.push(db);
  return db;
}

async function notes(file = newFile()): Promise<Kysely<Notes>> {
  const db = connect(file);
  await sql`create table note (id integer primary key, text text)`.execute(db);
  return db;
}

test("what was committed is synced to disk, by a log that is read by others meanwhile", async () => {
  const db = await notes();
  const setting = async (name: string) =>
    Object.values((await sql<Record<string, unknown>>`pragma ${sql.raw(name)}`.execute(db)).rows[0] ?? {})[0];
  expect(await setting("journal_mode")).toBe("wal");
  expect(await setting("synchronous")).toBe(2);
  expect(await setting("foreign_keys")).toBe(1);
});

test("a full disk is named as such, and what was there before stays", async () => {
  const db = await notes();
  await sql`pragma max_page_count = 10`.execute(db);
  const fill = db.transaction().execute(async (trx) => {
    await trx.insertInto("note").values({ text: "small" }).execute();
    for (let at = 0; at < 100; at++)
      await trx
        .insertInto("note")
        .values({ text: "x".repeat(4000) })
        .execute();
  });
  await expect(fill).rejects.toMatchObject({ code: "diskFull" });
  expect(await db.selectFrom("note").selectAll().execute()).toEqual([]);
  await db.insertInto("note").values({ text: "there is room for this" }).execute();
});

test("a file that another program holds is named as busy", async () => {
  const file = newFile();
  const [one, other] = [await notes(file), connect(file)];
  await one.transaction().execute(async (trx) => {
    await trx.insertInto("note").values({ text: "mine" }).execute();
    const busy = other.insertInto("note").values({ text: "yours" }).execute();
    await expect(busy).rejects.toMatchObject({ code: "storeBusy" });
  });
});

test("a transaction that waits for itself ends with an error, and the next one works", async () => {
  const file = newFile();
  await notes(file);
  const db = connect(file, 100);
  const inside = db.transaction().execute(async () => {
    await db.selectFrom("note").selectAll().execute();
  });
  await expect(inside).rejects.toMatchObject({ code: "storeBusy" });
  await db.insertInto("note").values({ text: "after" }).execute();
  expect(await db.selectFrom("note").select("text").execute()).toEqual([{ text: "after" }]);
});

test("a value that the binding would crash at is refused with an error", async () => {
  const db = await notes();
  for (const value of [true, {}, Number.NaN]) {
    const insert = sql`insert into note (text) values (${value})`.execute(db);
    await expect(insert).rejects.toThrow(TypeError);
  }
});

test("a file that is no database, or a damaged one, is named as such", async () => {
  const file = newFile();
  writeFileSync(file, "this is no database, but it is a file that somebody wrote\n".repeat(100));
  const query = sql`select 1 from sqlite_master`.execute(connect(file));
  await expect(query).rejects.toMatchObject({ code: "storeDamaged" });
});

test("a file that cannot be opened is named as such", async () => {
  const query = sql`select 1`.execute(connect(join(newFile(), "no", "such", "folder.db")));
  await expect(query).rejects.toMatchObject({ code: "folderUnusable" });
});

test("a server that is killed in the middle of publishing has published whole or not at all", async () => {
  const place = await SQLITE.place();
  const program = fileURLToPath(new URL("publish-forever.mjs", import.meta.url));
  let last = 0;
  for (let round = 0; round < 8; round++) {
    const child = spawn(process.execPath, [program, place.folder], { stdio: ["ignore", "pipe", "inherit"] });
    const gone = once(child, "exit");
    // Killed at another moment of its work each time, and always while it works.
    let enough = 3 + round * 7;
    for await (const line of createInterface({ input: child.stdout })) {
      last = Number(line);
      if (--enough === 0) child.kill("SIGKILL");
    }
    await gone;

    const store = await place.open();
    const { upTo, bases } = await store.operations.snapshot();
    expect(upTo).toBeGreaterThanOrEqual(last);
    expect(bases).toEqual([
      { dataflow: 1, import: upTo },
      { dataflow: 2, import: upTo },
    ]);
    expect(await store.counters.get("arrival")).toBe(upTo);
    await store.close();
  }
});

test("what fails inside a publication takes everything of it back", async () => {
  const store = await (await SQLITE.place()).open();
  const operation = await store.operations.open("import", "1", 1);
  await sql`pragma max_page_count = 1`.execute(store.db);
  const publishing = store.operations.publish(operation, async (trx) => {
    await setBase(trx, 1, 1);
    await store.imports.with(trx).create({
      dataflowId: "a",
      dataflowNumber: 1,
      fileName: "x".repeat(100_000),
      sha256: "",
      size: 0,
    });
  });
  await expect(publishing).rejects.toMatchObject({ code: "diskFull" });
  expect(await store.operations.snapshot()).toMatchObject({ upTo: 0, bases: [] });
});
