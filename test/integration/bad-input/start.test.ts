import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEngine, openStore } from "@peregrine/server";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Peregrine, startPeregrine } from "../harness/peregrine.ts";
import { peregrine, type Refusal, refused } from "./command.ts";
import { CUSTOMERS, customers, HEADER } from "./installation.ts";

const CLOCK = { now: () => Date.UTC(2026, 0, 1) };
const QUIET = { info: () => {}, warn: () => {} };

let root: string;
/** A folder with twelve profiles and a secret, of a server that was stopped; copied by each test that breaks it. */
let sound: string;
let token: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "peregrine-start-"));
  sound = join(root, "sound");
  await mkdir(sound);
  const server = await startPeregrine({ folder: sound });
  token = server.token;
  const activation = {
    kind: "activation",
    id: "shop",
    name: "Shop",
    type: "ibexa",
    personIdentifier: "userid",
    state: "paused",
    settings: {
      baseUrl: "https://shop.example/cdp/webhook",
      clientId: "shop",
      clientSecret: "s3cret-of-the-shop",
      segmentGroupIdentifier: "cdp",
    },
    audiences: [],
  };
  const applied = await server.call("POST", "/apply", { documents: [...CUSTOMERS, activation] });
  expect(applied.status).toBe(200);
  await writeFile(join(sound, "customers.csv"), HEADER + customers(12));
  const environment = { HOME: sound, PEREGRINE_URL: server.url, PEREGRINE_TOKEN: token };
  const imported = await peregrine(["import", "customers", "customers.csv"], { environment, cwd: sound });
  expect(imported).toMatchObject({ exit: 0 });
  expect(await server.stop()).toBe(0);
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function copy(name: string): Promise<string> {
  const folder = join(root, name);
  await cp(sound, folder, { recursive: true });
  return folder;
}

function refusedStart(folder: string, environment: Record<string, string> = {}): Promise<Refusal> {
  return refused(
    ["serve"],
    {
      environment: {
        HOME: folder,
        PEREGRINE_DATA: join(folder, "data"),
        PEREGRINE_PORT: "0",
        PEREGRINE_LOG_LEVEL: "warn",
        ...environment,
      },
      cwd: folder,
    },
    true,
  );
}

/** It starts, and all of the twelve are there. */
async function isSound(folder: string): Promise<void> {
  const server = await startPeregrine({ folder, token });
  try {
    const { body } = await server.call("GET", "/identifiers/userid/profiles");
    expect(body).toMatchObject({ profiles: 12, withIdentifier: 12 });
  } finally {
    await server.stop();
  }
}

describe("a configuration with faults", () => {
  it("is refused with all of them and without what they were set to", async () => {
    const wrong = {
      PEREGRINE_PORT: "wrongPort",
      PEREGRINE_HOST: "wrong host",
      DATABASE_URL: "mysql://me:wrongPassword@db/x",
      CLICKHOUSE_URL: "http://me:wrongPassword@ch:8123",
      PEREGRINE_SECRET_KEY: "wrongKey",
      PEREGRINE_SETUP_CODE: "wrong",
      PEREGRINE_TIME_ZONE: "wrong/Zone",
      PEREGRINE_AS_OF: "wrongday",
      PEREGRINE_ROLES: "web,wrong",
      PEREGRINE_ENGINE_MEMORY: "wrong",
      PEREGRINE_LOG_LEVEL: "wrong",
    };
    const failure = await refusedStart(root, wrong);
    expect(failure).toMatchObject({ exit: 78, code: "configurationInvalid" });
    expect(failure.error).toBe("The configuration has 11 faults.");
    for (const name of Object.keys(wrong)) expect(failure.text).toMatch(new RegExp(`^${name} [a-z]`, "m"));
    expect(JSON.stringify(failure.json)).not.toMatch(/wrong/);
    expect(failure.text).toMatch(/docs\/configuration\.md/);
  });
});

describe("a start that is not possible now is exit code 69", () => {
  let running: Peregrine;
  let folder: string;
  beforeAll(async () => {
    folder = await copy("running");
    running = await startPeregrine({ folder, token });
  });
  afterAll(() => running?.stop());

  it("because another server has the data folder, which goes on undisturbed", async () => {
    const failure = await refusedStart(folder);
    expect(failure).toMatchObject({ exit: 69, code: "folderInUse" });
    expect(failure.error).toBe(`${join(folder, "data")} is in use by the process ${running.pid}.`);
    expect(failure.text).toMatch(/Stop the other server, or give this one a folder of its own/);
    expect((await running.call("GET", "/status")).status).toBe(200);
  });

  it("because the port is taken; the next start still shows the set-up code", async () => {
    const port = new URL(running.url).port;
    const fresh = join(root, "fresh");
    await mkdir(fresh);
    const failure = await refusedStart(fresh, { PEREGRINE_PORT: port });
    expect(failure).toMatchObject({ exit: 69, code: "portInUse" });
    expect(failure.error).toBe(`Another program listens on 127.0.0.1:${port}.`);
    expect(failure.text).toMatch(/PEREGRINE_PORT/);
    const server = await startPeregrine({
      folder: fresh,
      token: "none",
      environment: { PEREGRINE_SETUP_CODE: "" },
    });
    await server.stop();
    expect(server.stderr()).toMatch(/Set-up code for the first administrator, shown this once: \S{19}\n/);
    const again = await startPeregrine({
      folder: fresh,
      token: "none",
      environment: { PEREGRINE_SETUP_CODE: "" },
    });
    await again.stop();
    expect(again.stderr()).not.toContain("Set-up code");
  });

  it("because the databases cannot be reached, or something else answers there", async () => {
    const stranger = createServer((_, response) => response.end("<html>Welcome</html>"));
    await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
    const { port } = stranger.address() as AddressInfo;
    const elsewhere = join(root, "elsewhere");
    await mkdir(elsewhere);
    try {
      const database = await refusedStart(elsewhere, { DATABASE_URL: "postgres://me:sesame@127.0.0.1:9/x" });
      expect(database).toMatchObject({ exit: 69, code: "storeUnavailable" });
      expect(database.text).toMatch(/127\.0\.0\.1:9.*\n.*PostgreSQL runs and that DATABASE_URL/);
      const away = await refusedStart(elsewhere, {
        CLICKHOUSE_URL: "http://127.0.0.1:9",
        CLICKHOUSE_PASSWORD: "sesame",
      });
      expect(away).toMatchObject({ exit: 69, code: "engineUnavailable" });
      const other = await refusedStart(elsewhere, { CLICKHOUSE_URL: `http://127.0.0.1:${port}` });
      expect(other).toMatchObject({ exit: 69, code: "engineUnavailable" });
      expect(other.text).toMatch(/answers, and not as ClickHouse does\.\n.*CLICKHOUSE_URL/);
      for (const { json } of [database, away, other]) expect(JSON.stringify(json)).not.toContain("sesame");
    } finally {
      stranger.close();
    }
  });
});

describe("a data folder that this program must not touch is exit code 78", () => {
  it("a file, or below one", async () => {
    const folder = join(root, "file");
    await mkdir(folder);
    await writeFile(join(folder, "data"), "");
    expect(await refusedStart(folder)).toMatchObject({
      exit: 78,
      code: "folderUnusable",
      error: `${join(folder, "data")} can't be made: there is a file of this name.`,
    });
    const below = await refusedStart(folder, { PEREGRINE_DATA: join(folder, "data", "below") });
    expect(below).toMatchObject({ exit: 78, code: "folderUnusable" });
    expect(below.text).toMatch(/a part of its path is a file.\nMake it a folder/);
  });

  it("whose control plane is of a newer version, and it stays as it was", async () => {
    const folder = await copy("newer-control");
    const change = async (statement: ReturnType<typeof sql>) => {
      const store = await openStore({ folder: join(folder, "data"), clock: CLOCK });
      await statement.execute(store.db);
      await store.close();
    };
    await change(sql`insert into migration (name, timestamp) values ('9999_the_future', '2030-01-01')`);
    const failure = await refusedStart(folder);
    expect(failure).toMatchObject({ exit: 78, code: "storeNewer" });
    expect(failure.text).toMatch(/9999_the_future.*\nStart the newer version again, or restore the backup/);
  });

  it("whose data plane is of a newer version, and it stays as it was", async () => {
    const folder = await copy("newer-data");
    const engine = await openEngine({ folder: join(folder, "data", "engine"), log: QUIET });
    await engine.command(
      "INSERT INTO installation (id, version, applied_at) SELECT '', 9999, now64(3, 'UTC')",
    );
    await engine.close();
    const failure = await refusedStart(folder);
    expect(failure).toMatchObject({ exit: 78, code: "engineNewer" });
    expect(failure.text).toMatch(/version 9999.*\nStart the newer version again, or restore the backup/);
  });

  it("whose planes do not belong together; together again they are sound", async () => {
    const folder = await copy("apart");
    const other = join(root, "other");
    await mkdir(other);
    const server = await startPeregrine({ folder: other });
    await server.stop();
    const engine = join(folder, "data", "engine");
    await rm(engine, { recursive: true });
    const lost = await refusedStart(folder);
    expect(lost).toMatchObject({ exit: 78, code: "planesApart" });
    expect(lost.error).toMatch(/has published data, but the data plane is empty/);

    await rm(engine, { recursive: true });
    await cp(join(other, "data", "engine"), engine, { recursive: true });
    const foreign = await refusedStart(folder);
    expect(foreign).toMatchObject({ exit: 78, code: "planesApart" });
    expect(foreign.text).toMatch(
      /of installation \S+, the data plane of installation \S+\.\n.*one installation/,
    );

    await rm(engine, { recursive: true });
    await cp(join(sound, "data", "engine"), engine, { recursive: true });
    await isSound(folder);
  });

  it("whose control plane is damaged", async () => {
    const folder = await copy("damaged");
    await writeFile(join(folder, "data", "control.db"), "this is no database ".repeat(1000));
    const failure = await refusedStart(folder);
    expect(failure).toMatchObject({ exit: 78, code: "storeDamaged" });
    expect(failure.text).toMatch(/restore the last backup/);
  });

  it("whose secrets were stored with another key", async () => {
    const folder = await copy("key");
    const key = Buffer.alloc(32, 7).toString("base64");
    const failure = await refusedStart(folder, { PEREGRINE_SECRET_KEY: key });
    expect(failure).toMatchObject({ exit: 78, code: "secretKeyWrong" });
    expect(JSON.stringify(failure.json)).not.toContain(key);
    const file = join(folder, "data", "secret.key");
    await rm(file);
    expect(await refusedStart(folder)).toMatchObject({ exit: 78, code: "secretKeyWrong" });
    expect(existsSync(file), "no other key is put in the place of the lost one").toBe(false);
    await cp(join(sound, "data", "secret.key"), file);
    await isSound(folder);
  });
});
