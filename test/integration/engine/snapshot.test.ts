import { current, type Engine, ensureEventTable, published, views, visible } from "@peregrine/server";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Snapshot } from "../../../packages/server/src/engine/snapshot.ts";
import { startEngine, type TestEngine } from "../harness/engine.ts";

let started: TestEngine;
let engine: Engine;
beforeAll(async () => {
  started = await startEngine();
  engine = started.engine;
  await engine.insert(
    "event_key",
    ["op", "dataflow", "import", "key"],
    // Operations 1 to 6; dataflow 1 appends, dataflow 2 overwrites.
    [
      [1, 1, 1, 1],
      [2, 2, 2, 2],
      [3, 1, 3, 3],
      [4, 2, 4, 4],
      [5, 1, 5, 5],
      [6, 2, 6, 6],
    ],
  );
});
afterAll(() => started.close());

const EMPTY: Snapshot = { upTo: 0, except: [], generation: 0, bases: [] };

async function keys(filter: {
  sql: string;
  parameters: Record<string, number | readonly number[]>;
}): Promise<number[]> {
  const rows = await engine.query<{ key: number }>(
    `SELECT toUInt32(key) AS key FROM event_key WHERE ${filter.sql} ORDER BY key`,
    filter.parameters,
  );
  return rows.map(({ key }) => key);
}

test("nothing is seen before the first publication", async () => {
  expect(await keys(visible(EMPTY))).toEqual([]);
});

test("operations later than the snapshot, and those that are open or abandoned, are not seen", async () => {
  expect(await keys(published({ ...EMPTY, upTo: 5, except: [2, 4] }))).toEqual([1, 3, 5]);
});

test("an operation sees its own rows although nobody else does", async () => {
  expect(await keys(published({ ...EMPTY, upTo: 3, except: [2] }, undefined, 2))).toEqual([1, 2, 3]);
  expect(await keys(visible({ ...EMPTY, upTo: 3, except: [] }, undefined, 6))).toEqual([1, 2, 3, 6]);
});

test("after a rebuild only derived rows of the rebuild and later ones are seen", async () => {
  const rebuilt = { ...EMPTY, upTo: 6, generation: 4 };
  expect(await keys(visible(rebuilt))).toEqual([4, 5, 6]);
  expect(await keys(published(rebuilt))).toEqual([1, 2, 3, 4, 5, 6]);
});

test("of an overwriting dataflow only rows of the latest snapshot are current", async () => {
  const overwritten = { ...EMPTY, upTo: 6, bases: [{ dataflow: 2, import: 4 }] };
  expect(await keys(current(overwritten))).toEqual([1, 3, 4, 5, 6]);
  expect(await keys(visible(overwritten))).toEqual([1, 2, 3, 4, 5, 6]);
});

test("with an alias the condition stands in a join", async () => {
  const seen = current({ upTo: 6, except: [1], generation: 2, bases: [{ dataflow: 2, import: 4 }] }, "k");
  const rows = await engine.query(
    `SELECT toUInt32(k.key) AS key FROM event_key AS k INNER JOIN event_key AS other USING (key) WHERE ${seen.sql} ORDER BY key`,
    seen.parameters,
  );
  expect(rows).toEqual([{ key: 3 }, { key: 4 }, { key: 5 }, { key: 6 }]);
});

test("the views speak of canonical profiles, and each operation counts only when it is seen", async () => {
  const at = "2026-01-01T00:00:00.000Z";
  await ensureEventTable(engine, 1, [{ number: 7, type: "text" }]);
  await engine.insert(
    "profile",
    ["op", "profile", "arrival"],
    [
      [1, 1, 1],
      [1, 2, 2],
      [1, 3, 3],
      [9, 4, 9],
    ],
  );
  // 3 into 2 (operation 2), then 2 into 1 with the pointer of 3 set anew (operation 3).
  await engine.insert(
    "profile_merge",
    ["op", "old", "new", "arrival", "step"],
    [
      [2, 3, 2, 4, 0],
      [3, 2, 1, 5, 0],
      [3, 3, 1, 5, 1],
    ],
  );
  // The value x goes from 3 to 2 within one arrival; y belongs to 3 alone.
  await engine.insert(
    "identifier",
    ["op", "kind", "value", "profile", "arrival", "step"],
    [
      [1, 1, "x", 3, 3, 0],
      [1, 1, "x", 2, 3, 1],
      [1, 1, "y", 3, 3, 2],
      [1, 2, "z", 1, 1, 0],
    ],
  );
  await engine.insert(
    "attribute",
    ["op", "import", "dataflow", "attribute", "profile", "time", "arrival", "text"],
    [
      [1, 1, 1, 5, 3, at, 3, "from 3"],
      [1, 1, 1, 6, 1, at, 1, "another attribute"],
      [9, 9, 1, 5, 1, at, 9, "not published"],
    ],
  );
  await engine.insert(
    "event_1",
    ["op", "import", "dataflow", "profile", "type", "time", "arrival", "c7"],
    [
      [1, 1, 1, 3, "buy", at, 3, "Acme"],
      [1, 1, 1, 1, "buy", at, 1, null],
    ],
  );
  const all = async (snapshot: Snapshot) => {
    const head = views(snapshot, {
      profiles: true,
      attributes: [5],
      events: [{ schema: 1, columns: [7] }],
      identifiers: [1, 2],
    });
    const read = (sql: string) => engine.query(`${head.sql}${sql}`, head.parameters, { format: "arrays" });
    return {
      profiles: await read("SELECT profile FROM profile_view ORDER BY profile"),
      merges: await read("SELECT old, new FROM merge_view ORDER BY old"),
      attributes: await read(
        "SELECT profile, text, time, arrival, is_null FROM attribute_view ORDER BY arrival",
      ),
      events: await read("SELECT profile, type, time, arrival, c7 FROM event_view_1 ORDER BY arrival"),
      identifiers: await read(
        `SELECT kind, profile, value FROM (
          SELECT 1 AS kind, profile, value FROM identifier_view_1
          UNION ALL SELECT 2, profile, value FROM identifier_view_2
        ) ORDER BY value`,
      ),
    };
  };
  expect(await all({ ...EMPTY, upTo: 1 })).toEqual({
    profiles: [[1], [2], [3]],
    merges: [],
    attributes: [[3, "from 3", at, 3, 0]],
    events: [
      [1, "buy", at, 1, null],
      [3, "buy", at, 3, "Acme"],
    ],
    identifiers: [
      [1, 2, "x"],
      [1, 3, "y"],
      [2, 1, "z"],
    ],
  });
  expect(await all({ ...EMPTY, upTo: 3 })).toEqual({
    profiles: [[1]],
    merges: [
      [2, 1],
      [3, 1],
    ],
    attributes: [[1, "from 3", at, 3, 0]],
    events: [
      [1, "buy", at, 1, null],
      [1, "buy", at, 3, "Acme"],
    ],
    identifiers: [
      [1, 1, "x"],
      [1, 1, "y"],
      [2, 1, "z"],
    ],
  });
  expect(await all({ ...EMPTY, upTo: 3, except: [3] })).toMatchObject({
    profiles: [[1], [2]],
    merges: [[3, 2]],
  });
});

test("only numbers of definitions become names", () => {
  expect(() => views(EMPTY, { events: [{ schema: Number("1; DROP"), columns: [] }] })).toThrow(TypeError);
  expect(() => views(EMPTY, { identifiers: [1.5] })).toThrow(TypeError);
});
