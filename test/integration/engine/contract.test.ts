/** What the rest relies on, on the embedded engine and, with CLICKHOUSE_URL, on a server. */
import { PeregrineError } from "@peregrine/core";
import type { Engine } from "@peregrine/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEngine, type TestEngine } from "../harness/engine.ts";
import { until } from "../harness/wait.ts";

let started: TestEngine;
let engine: Engine;
beforeAll(async () => {
  started = await startEngine();
  engine = started.engine;
});
afterAll(() => started.close());

/** Never ends by itself; one thread, so that several leave room for others. */
const ENDLESS = "SELECT sum(sipHash64(number)) AS s FROM numbers(1000000000000)";
const ONE_THREAD = { max_threads: 1 };

async function* bytes(...texts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield typeof text === "string" ? Buffer.from(text) : text;
}

async function running(marker: string): Promise<number> {
  const [row] = await engine.query<{ n: number }>(
    "SELECT count() AS n FROM system.processes WHERE position(query, {marker:String}) > 0 AND position(query, 'system.processes') = 0",
    { marker },
  );
  return row?.n ?? 0;
}

describe("values", () => {
  const HARD = [
    "",
    "'",
    "\\",
    "\\N",
    "a\nb",
    "\t",
    "\r\n",
    "{x:String}",
    "é漢🦅",
    "'; DROP TABLE profile; --",
    "NULL",
    "\u0000",
  ];

  test.each(HARD.map((text) => [JSON.stringify(text), text]))(
    "the text %s is bound as it is",
    async (_, text) => {
      const [row] = await engine.query("SELECT {text:String} AS text, {list:Array(String)} AS list", {
        text,
        list: [text, "b", text],
      });
      expect(row).toEqual({ text, list: [text, "b", text] });
    },
  );

  test.each(HARD.map((text) => [JSON.stringify(text), text]))(
    "the text %s is stored as it is",
    async (_, text) => {
      await engine.command(
        "CREATE OR REPLACE TABLE t_text (a String, b Array(String)) ENGINE = MergeTree ORDER BY a",
      );
      await engine.insert("t_text", ["a", "b"], [[text, [text, "x"]]]);
      expect(await engine.query("SELECT a, b FROM t_text")).toEqual([{ a: text, b: [text, "x"] }]);
    },
  );

  test("numbers, booleans, null and big integers are bound with all their digits", async () => {
    const rows = await engine.query(
      "SELECT toString({big:UInt128}) AS big, {n:Int64} AS n, {f:Float64} AS f, {b:Bool} AS b, {none:Nullable(String)} AS none, {l:Array(UInt32)} AS l, {e:Array(UInt64)} AS e",
      { big: 2n ** 127n + 1n, n: -5, f: 0.25, b: true, none: null, l: [1, 2], e: [] },
    );
    expect(rows).toEqual([
      { big: (2n ** 127n + 1n).toString(), n: -5, f: 0.25, b: true, none: null, l: [1, 2], e: [] },
    ]);
  });

  test("ten thousand bound values of a list arrive whole", async () => {
    const list = Array.from({ length: 10_000 }, (_, n) => `person-${n}-é`);
    const rows = await engine.query(
      "SELECT length({list:Array(String)}) AS n, has({list:Array(String)}, 'person-9999-é') AS last",
      {
        list,
      },
    );
    expect(rows).toEqual([{ n: 10_000, last: 1 }]);
  });

  test("a statement of a megabyte with a thousand parameters runs", async () => {
    const names = Array.from({ length: 1000 }, (_, n) => `p${n}`);
    const sql = `SELECT arraySum([${names.map((name) => `{${name}:UInt32}`).join(", ")}]) + length('${"x".repeat(1_000_000)}') AS sum`;
    const parameters = Object.fromEntries(names.map((name) => [name, 1]));
    expect(await engine.query(sql, parameters)).toEqual([{ sum: 1_001_000 }]);
  });

  test("an instant keeps its milliseconds, bound, inserted and read", async () => {
    const instant = "2024-02-29T23:59:59.987Z";
    await engine.command(
      "CREATE OR REPLACE TABLE t_time (t DateTime64(3, 'UTC')) ENGINE = MergeTree ORDER BY t",
    );
    await engine.insert("t_time", ["t"], [[instant]]);
    expect(
      await engine.query(
        "SELECT t, t = {t:DateTime64(3, 'UTC')} AS same, toUnixTimestamp64Milli(t) AS ms, {s:String} AS s FROM t_time",
        { t: instant, s: instant },
      ),
    ).toEqual([{ t: instant, same: 1, ms: Date.parse(instant), s: instant }]);
  });

  test("a Date is refused, for it would lose its milliseconds", async () => {
    const parameters: Record<string, never> = {};
    Object.defineProperty(parameters, "t", { value: new Date(5), enumerable: true });
    await expect(engine.query("SELECT {t:DateTime64(3)}", parameters)).rejects.toThrow(TypeError);
    await expect(engine.insert("t_time", ["t"], [[new Date(5)]])).rejects.toThrow(TypeError);
  });

  test("times without a zone are UTC, whatever zone the machine has", async () => {
    expect(
      await engine.query(
        "SELECT timezone() AS zone, toUnixTimestamp(toDateTime('2024-07-01 00:00:00')) AS s, toUnixTimestamp(parseDateTimeBestEffort('2024-07-01T00:00:00')) AS p",
      ),
    ).toEqual([{ zone: "UTC", s: 1719792000, p: 1719792000 }]);
  });

  test("sums of decimals are exact and come as text with all digits", async () => {
    const [row] = await engine.query<{ exact: string; many: string }>(
      `SELECT sum(toDecimal64('0.1', 6)) AS exact, sum(toDecimal64('999999999.999999', 6)) AS many
       FROM numbers(1000000)`,
    );
    expect(row).toEqual({ exact: "100000", many: "999999999999999" });
  });

  test("argMax passes over NULL, and a tuple around it does not", async () => {
    const sql = `SELECT argMax(v, t) AS bare, argMax(tuple(v), t).1 AS wrapped
      FROM values('v Nullable(String), t UInt8', ('old', 1), (NULL, 2))`;
    expect(await engine.query(sql)).toEqual([{ bare: "old", wrapped: null }]);
  });

  test("rows come as arrays in the order of the columns when asked for", async () => {
    expect(await engine.query("SELECT 1 AS b, 'x' AS a, [1] AS c", {}, { format: "arrays" })).toEqual([
      [1, "x", [1]],
    ]);
  });
});

describe("settings and parameters", () => {
  test("a query's settings do not stay for the queries after it", async () => {
    for (let n = 0; n < 20; n++) {
      await engine.query("SELECT 1 AS one", {}, { settings: { max_block_size: 4321, join_use_nulls: 1 } });
    }
    const seen = await Promise.all(
      Array.from({ length: 20 }, () =>
        engine.query<{ size: number; nulls: number }>(
          "SELECT getSetting('max_block_size') AS size, getSetting('join_use_nulls') AS nulls, sleep(0.05)",
        ),
      ),
    );
    expect(seen.filter(([row]) => row?.size === 4321 || Number(row?.nulls) !== 0)).toEqual([]);
  });

  test("forty queries at once each get their own settings and values", async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        engine.query(
          "SELECT getSetting('max_block_size') AS size, {v:String} AS v, sleep(0.02) AS z",
          { v: `value ${n}` },
          { settings: { max_block_size: 1000 + n } },
        ),
      ),
    );
    expect(answers).toEqual(
      Array.from({ length: 40 }, (_, n) => [{ size: 1000 + n, v: `value ${n}`, z: 0 }]),
    );
  });

  test("a placeholder without a value is an error, even if an earlier query had one of that name", async () => {
    for (let n = 0; n < 10; n++) await engine.query("SELECT {left_over:String} AS x", { left_over: "x" });
    await expect(engine.query("SELECT {left_over:String} AS x")).rejects.toThrow(/left_over/);
  });

  test("a statement that changes its session leaves the others alone", async () => {
    await engine.command("SET max_block_size = 777");
    await engine.command("USE system");
    for (let n = 0; n < 10; n++) {
      const [row] = await engine.query<{ size: number; db: string }>(
        "SELECT getSetting('max_block_size') AS size, currentDatabase() AS db",
      );
      expect(row?.size).not.toBe(777);
      expect(row?.db).not.toBe("system");
    }
  });
});

describe("many at once", () => {
  test("four long queries keep neither others nor a stream from going on", async () => {
    const stop = new AbortController();
    const long = Array.from({ length: 4 }, () =>
      engine
        .query(ENDLESS, {}, { settings: ONE_THREAD, signal: stop.signal })
        .catch((error: unknown) => error),
    );
    await until(async () => (await running("sipHash64")) === 4, "four long queries run");
    expect(await engine.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
    let rows = 0;
    for await (const block of engine.stream("SELECT number FROM numbers(200000)")) rows += block.length;
    expect(rows).toBe(200_000);
    expect(await running("sipHash64")).toBe(4);
    stop.abort(new Error("enough"));
    for (const outcome of await Promise.all(long)) expect(outcome).toEqual(new Error("enough"));
    await until(async () => (await running("sipHash64")) === 0, "the long queries are gone");
  });

  test("streams survive each other and other queries in between", async () => {
    const sums = await Promise.all(
      [1, 2, 3].map(async (factor) => {
        let sum = 0;
        for await (const block of engine.stream<[number]>(
          "SELECT number * {factor:UInt64} FROM numbers(100000)",
          { factor },
          { format: "arrays" },
        )) {
          for (const [value] of block) sum += value;
          await engine.query("SELECT 1 AS one");
        }
        return sum;
      }),
    );
    const once = (100_000 * 99_999) / 2;
    expect(sums).toEqual([once, 2 * once, 3 * once]);
  });

  test("a time-out is told as one and stops the work in the engine", async () => {
    const before = Date.now();
    const error = await engine
      .query(ENDLESS, {}, { timeoutMs: 300, settings: ONE_THREAD })
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(PeregrineError);
    expect(error).toMatchObject({ code: "queryTimeout", actor: "us" });
    expect(Date.now() - before).toBeLessThan(5000);
    await until(async () => (await running("sipHash64")) === 0, "the work has stopped");
  });

  test("an abort rejects with the caller's reason and stops the work in the engine", async () => {
    const stop = new AbortController();
    const query = engine.query(ENDLESS, {}, { signal: stop.signal, settings: ONE_THREAD });
    const outcome = query.catch((error: unknown) => error);
    await until(async () => (await running("sipHash64")) === 1, "the query runs");
    stop.abort(new Error("changed my mind"));
    expect(await outcome).toEqual(new Error("changed my mind"));
    await until(async () => (await running("sipHash64")) === 0, "the work has stopped");
  });

  test("a stream that its reader leaves stops in the engine", async () => {
    for await (const block of engine.stream<{ number: number }>(
      "SELECT number FROM system.numbers",
      {},
      { settings: ONE_THREAD },
    )) {
      expect(block[0]?.number).toBe(0);
      break;
    }
    await until(async () => (await running("system.numbers")) === 0, "the stream has stopped");
  });

  test("a stream that is aborted between two blocks ends with the caller's reason", async () => {
    const stop = new AbortController();
    const read = async () => {
      for await (const _ of engine.stream("SELECT number FROM system.numbers", {}, { signal: stop.signal })) {
        stop.abort(new Error("seen enough"));
      }
    };
    await expect(read()).rejects.toThrow("seen enough");
    await until(async () => (await running("system.numbers")) === 0, "the stream has stopped");
  });
});

describe("errors", () => {
  test("an error in the middle of a result is thrown, not taken for its end", async () => {
    let rows = 0;
    const read = async () => {
      for await (const block of engine.stream(
        "SELECT throwIf(number = 500000, 'half way') AS x FROM numbers(1000000)",
        {},
        { settings: ONE_THREAD },
      )) {
        rows += block.length;
      }
    };
    await expect(read()).rejects.toMatchObject({
      code: "internal",
      detail: expect.stringContaining("half way"),
    });
    expect(rows).toBeGreaterThan(0);
    expect(rows).toBeLessThanOrEqual(500_000);
  });

  test("a wrong statement is our defect, with ClickHouse's own code as the cause", async () => {
    for (const [sql, code] of [
      ["SELEC 1", "62"],
      ["SELECT * FROM no_such_table", "60"],
      ["SELECT no_such_column FROM profile", "47"],
      ["SELECT {n:UInt8}", "456"],
    ] as const) {
      const error = await engine.query(sql).catch((e: unknown) => e);
      expect(error, sql).toMatchObject({ code: "internal", cause: { code } });
    }
    await expect(engine.command("DROP TABLE no_such_table")).rejects.toMatchObject({ cause: { code: "60" } });
  });

  test("a value that does not fit its column refuses the insert and writes nothing", async () => {
    await engine.command("CREATE OR REPLACE TABLE t_fit (a UInt8) ENGINE = MergeTree ORDER BY a");
    await expect(engine.insert("t_fit", ["a"], [[1], ["x"]])).rejects.toMatchObject({ code: "internal" });
    expect(await engine.query("SELECT count() AS n FROM t_fit")).toEqual([{ n: 0 }]);
  });

  test("names of tables and columns that are not ours are refused before they are sent", async () => {
    await expect(engine.insert("t; DROP TABLE profile", ["a"], [[1]])).rejects.toThrow(TypeError);
    await expect(engine.insert("profile", ["op) SELECT 1 --"], [[1]])).rejects.toThrow(TypeError);
  });
});

describe("inserts", () => {
  const CSV_TABLE =
    "CREATE OR REPLACE TABLE t_csv (line UInt32, c1 String, c2 String) ENGINE = MergeTree ORDER BY line";

  test("no rows is no insert", async () => {
    await engine.command(CSV_TABLE);
    await engine.insert("t_csv", ["line", "c1", "c2"], []);
    expect(await engine.insertStream("t_csv", ["line"], "CSV", bytes())).toEqual({ rows: 0 });
  });

  test("an insert of CSV counts the rows that are really there", async () => {
    await engine.command(CSV_TABLE);
    const csv = '1,"a\nb","say ""hi"""\n2,"x\r\ny",\n3,,"é, ü"\n';
    expect(await engine.insertStream("t_csv", ["line", "c1", "c2"], "CSV", bytes(csv))).toEqual({ rows: 3 });
    expect(await engine.query("SELECT * FROM t_csv ORDER BY line", {}, { format: "arrays" })).toEqual([
      [1, "a\nb", 'say "hi"'],
      [2, "x\r\ny", ""],
      [3, "", "é, ü"],
    ]);
  });

  test("characters that are cut by a chunk's border arrive whole", async () => {
    await engine.command(CSV_TABLE);
    const text = "🦅漢é".repeat(500);
    const all = Buffer.from(Array.from({ length: 200 }, (_, n) => `${n},"${text}","${n}"\n`).join(""));
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < all.length; at += 1021) chunks.push(all.subarray(at, at + 1021));
    expect(await engine.insertStream("t_csv", ["line", "c1", "c2"], "CSV", bytes(...chunks))).toEqual({
      rows: 200,
    });
    const [row] = await engine.query(
      "SELECT count() AS n, countIf(c1 = {text:String}) AS whole, countIf(c2 = toString(line)) AS own FROM t_csv",
      { text },
    );
    expect(row).toEqual({ n: 200, whole: 200, own: 200 });
    let read = 0;
    for await (const block of engine.stream<{ c1: string }>("SELECT c1 FROM t_csv")) {
      for (const { c1 } of block) expect(c1).toBe(text);
      read += block.length;
    }
    expect(read).toBe(200);
  });

  test("a broken record refuses the insert and names its place", async () => {
    await engine.command(CSV_TABLE);
    const insert = engine.insertStream("t_csv", ["line", "c1", "c2"], "CSV", bytes("1,a,b\nx,a,b\n"));
    await expect(insert).rejects.toMatchObject({
      code: "internal",
      detail: expect.stringContaining("row 2"),
    });
    expect(await engine.query("SELECT count() AS n FROM t_csv")).toEqual([{ n: 0 }]);
  });

  test("a source that fails makes the insert fail, and nothing of it is written", async () => {
    await engine.command(CSV_TABLE);
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("1,a,b\n");
      throw new Error("the upload was cut off");
    }
    await expect(engine.insertStream("t_csv", ["line", "c1", "c2"], "CSV", failing())).rejects.toThrow(
      /cut off/,
    );
    expect(await engine.query("SELECT count() AS n FROM t_csv")).toEqual([{ n: 0 }]);
  });

  test.each([
    ["TabSeparated", "1\ta\\tb\tc\n2\t\\\\\t\n"],
    ["JSONCompactEachRow", '[1,"a\\tb","c"]\n[2,"\\\\",""]\n'],
    ["JSONEachRow", '{"line":1,"c1":"a\\tb","c2":"c"}\n{"line":2,"c1":"\\\\"}\n'],
  ] as const)("%s is taken in", async (format, data) => {
    await engine.command(CSV_TABLE);
    expect(await engine.insertStream("t_csv", ["line", "c1", "c2"], format, bytes(data))).toEqual({
      rows: 2,
    });
    expect(await engine.query("SELECT * FROM t_csv ORDER BY line", {}, { format: "arrays" })).toEqual([
      [1, "a\tb", "c"],
      [2, "\\", ""],
    ]);
  });

  test("identical blocks inserted twice are both there", async () => {
    await engine.command(CSV_TABLE);
    for (let n = 0; n < 2; n++) await engine.insert("t_csv", ["line", "c1"], [[1, "same"]]);
    for (let n = 0; n < 2; n++) await engine.command("INSERT INTO t_csv SELECT 2, 'same', 'same'");
    expect(await engine.query("SELECT count() AS n FROM t_csv")).toEqual([{ n: 4 }]);
  });

  test("a hundred thousand rows of an insert are there when it returns", async () => {
    await engine.command(CSV_TABLE);
    const rows = Array.from({ length: 100_000 }, (_, n) => [n, `text ${n}`, "é".repeat(n % 7)]);
    await engine.insert("t_csv", ["line", "c1", "c2"], rows);
    expect(
      await engine.query("SELECT count() AS n, uniqExact(c1) AS u, sum(lengthUTF8(c2)) AS l FROM t_csv"),
    ).toEqual([{ n: 100_000, u: 100_000, l: rows.reduce((sum, [n]) => sum + (Number(n) % 7), 0) }]);
  });
});
