import { claimInstallation, ensureEventTable, installationOf } from "@peregrine/server";
import { describe, expect, test } from "vitest";
import { SERVER_URL, startEngine } from "../harness/engine.ts";
import { inFolder } from "../harness/wait.ts";

const TABLES = "SELECT name, engine_full FROM system.tables WHERE database = currentDatabase() ORDER BY name";

describe.skipIf(SERVER_URL !== undefined)("the data's version", () => {
  test("a second start changes nothing and keeps the rows", () =>
    inFolder(async (folder) => {
      const first = await startEngine({ folder });
      const tables = await first.engine.query(TABLES);
      const versions = await first.engine.query("SELECT * FROM installation ORDER BY version, applied_at");
      await first.engine.insert("profile", ["op", "profile", "arrival"], [[1, 7, 1]]);
      await first.close();
      const second = await startEngine({ folder });
      expect(await second.engine.query(TABLES)).toEqual(tables);
      expect(await second.engine.query("SELECT * FROM installation ORDER BY version, applied_at")).toEqual(
        versions,
      );
      expect(await second.engine.query("SELECT profile FROM profile")).toEqual([{ profile: 7 }]);
      await second.close();
    }));

  test("a first start that was cut off is finished by the next one", () =>
    inFolder(async (folder) => {
      const first = await startEngine({ folder });
      const tables = await first.engine.query(TABLES);
      await first.engine.command("TRUNCATE TABLE installation");
      for (const name of ["profile", "membership", "delivery_request"])
        await first.engine.command(`DROP TABLE ${name}`);
      await first.close();
      const second = await startEngine({ folder });
      expect(await second.engine.query(TABLES)).toEqual(tables);
      await second.close();
    }));

  test("data of a newer program is refused and left as it is", () =>
    inFolder(async (folder) => {
      const first = await startEngine({ folder });
      await first.engine.command("INSERT INTO installation SELECT '', 9999, now64(3)");
      await first.close();
      await expect(startEngine({ folder })).rejects.toMatchObject({
        code: "engineNewer",
        detail: expect.stringContaining("9999"),
        remedy: expect.stringContaining("newer version"),
      });
    }));
});

test("every table is on disk before an insert is acknowledged", async () => {
  const { engine, close } = await startEngine();
  await ensureEventTable(engine, 1, [{ number: 1, type: "text" }]);
  const tables = await engine.query<{ name: string; engine_full: string }>(TABLES);
  expect(tables.length).toBeGreaterThan(14);
  const careless = tables.filter(
    ({ engine_full }) => !/fsync_after_insert = 1.*fsync_part_directory = 1/.test(engine_full),
  );
  expect(careless).toEqual([]);
  await close();
});

test("data belongs to no installation until it is claimed, and then to that one", async () => {
  const { engine, close } = await startEngine();
  expect(await installationOf(engine)).toBeUndefined();
  await claimInstallation(engine, "5f0c7e52-0000-4000-8000-000000000001");
  expect(await installationOf(engine)).toBe("5f0c7e52-0000-4000-8000-000000000001");
  await close();
});

test("an event table grows by columns, keeps its rows, and a missing value stays missing", async () => {
  const { engine, close } = await startEngine();
  const own = ["op", "import", "dataflow", "profile", "type", "time", "arrival", "key"];
  const event = [1, 1, 1, 5, "buy", "2026-01-31T12:00:00.123Z", 1, 2n ** 100n];
  await ensureEventTable(engine, 3, [{ number: 11, type: "text" }]);
  await engine.insert("event_3", [...own, "c11"], [[...event, "Acme"]]);
  for (let n = 0; n < 2; n++) {
    await ensureEventTable(engine, 3, [
      { number: 11, type: "text" },
      { number: 12, type: "number" },
      { number: 13, type: "boolean" },
      { number: 14, type: "time" },
      { number: 15, type: "list" },
    ]);
  }
  await engine.insert(
    "event_3",
    [...own, "c11", "c12", "c13", "c14", "c15"],
    [[...event, null, "12.345678", false, "2026-02-01T00:00:00.001Z", ["a", ""]]],
  );
  expect(
    await engine.query(
      "SELECT toString(key) AS key, time, c11, c12, c13, c14, c15 FROM event_3 ORDER BY c12 NULLS FIRST",
    ),
  ).toEqual([
    { key: (2n ** 100n).toString(), time: event[5], c11: "Acme", c12: null, c13: null, c14: null, c15: [] },
    {
      key: (2n ** 100n).toString(),
      time: event[5],
      c11: null,
      c12: "12.345678",
      c13: false,
      c14: "2026-02-01T00:00:00.001Z",
      c15: ["a", ""],
    },
  ]);
  await close();
});
