/** The child process: how it dies, comes back, and what is lost by that (nothing that was acknowledged). */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { visible } from "@peregrine/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SERVER_URL, startEngine, type TestEngine } from "../harness/engine.ts";
import { inFolder, until } from "../harness/wait.ts";

const ENDLESS = "SELECT sum(sipHash64(number)) AS s FROM numbers(1000000000000) SETTINGS max_threads = 1";

/** One row for each running query whose text has the marker. */
const RUNNING =
  "SELECT query FROM system.processes WHERE position(query, {marker:String}) > 0 AND position(query, 'system.processes') = 0";

/** Resident memory of a process, in MB. */
function residentMb(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

describe.skipIf(SERVER_URL !== undefined)("the embedded engine", () => {
  let started: TestEngine;
  beforeAll(async () => {
    started = await startEngine();
  });
  afterAll(() => started.close());

  test("reads go on by themselves when it is killed", async () => {
    const { engine } = started;
    const before = engine.process?.pid;
    const reads = Array.from({ length: 6 }, (_, n) =>
      engine.query("SELECT {n:UInt32} AS n, sleep(1)", { n }),
    );
    await until(
      async () => (await engine.query(RUNNING, { marker: "sleep(1)" })).length === 6,
      "the reads run",
    );
    engine.process?.kill("SIGKILL");
    expect((await Promise.all(reads)).map(([row]) => row)).toEqual(
      Array.from({ length: 6 }, (_, n) => ({ n, "sleep(1)": 0 })),
    );
    expect(engine.process?.pid).not.toBe(before);
    expect(engine.process?.restarts).toBeGreaterThan(0);
  });

  test("a write that it dies under fails as engineRestarted, and the next one goes through", async () => {
    const { engine } = started;
    const write = engine
      .command("INSERT INTO profile SELECT 1, number, sleepEachRow(0.1) FROM numbers(100)")
      .catch((error: unknown) => error);
    await until(
      async () => (await engine.query(RUNNING, { marker: "sleepEachRow" })).length === 1,
      "the write runs",
    );
    engine.process?.kill("SIGSEGV");
    expect(await write).toMatchObject({ code: "engineRestarted", actor: "us" });
    await engine.insert(
      "refused_row",
      ["op", "import", "line", "column", "reason", "raw"],
      [[1, 1, 1, "c", "r", "x"]],
    );
    expect(await engine.query("SELECT count() AS n FROM refused_row")).toEqual([{ n: 1 }]);
  });

  test("a stream that was half read fails when it is killed, instead of ending early", async () => {
    const { engine } = started;
    const read = async () => {
      for await (const _ of engine.stream("SELECT number FROM system.numbers"))
        engine.process?.kill("SIGKILL");
    };
    await expect(read()).rejects.toMatchObject({ code: "engineRestarted" });
    expect(await engine.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  test("kill -9 among inserts loses no acknowledged row and tears none", async () => {
    const { engine } = started;
    await engine.command(
      "CREATE TABLE t_kill (n UInt32, k UInt8) ENGINE = MergeTree ORDER BY n SETTINGS fsync_after_insert = 1, fsync_part_directory = 1",
    );
    const acknowledged = new Set<number>();
    const failed = new Set<number>();
    let next = 0;
    let stop = false;
    const writers = Array.from({ length: 3 }, async () => {
      while (!stop) {
        const n = next++;
        try {
          await engine.insert(
            "t_kill",
            ["n", "k"],
            [
              [n, 0],
              [n, 1],
              [n, 2],
            ],
          );
          acknowledged.add(n);
        } catch (error) {
          expect(error).toMatchObject({ code: "engineRestarted" });
          failed.add(n);
        }
      }
    });
    for (let kills = 0; kills < 6; kills++) {
      const at = acknowledged.size;
      await until(() => acknowledged.size > at + 5 + kills * 3, "more rows are acknowledged");
      engine.process?.kill("SIGKILL");
    }
    stop = true;
    await Promise.all(writers);
    const rows = await engine.query<[number, number]>(
      "SELECT n, count() FROM t_kill GROUP BY n ORDER BY n",
      {},
      { format: "arrays" },
    );
    const stored = new Map(rows);
    expect([...acknowledged].filter((n) => stored.get(n) !== 3)).toEqual([]);
    expect(
      [...stored].filter(([n, count]) => count !== 3 || !(acknowledged.has(n) || failed.has(n))),
    ).toEqual([]);
    expect(failed.size).toBeGreaterThan(0);
  });

  test("what a killed INSERT SELECT had written stays invisible to readers of published rows", async () => {
    const { engine } = started;
    await engine.command("INSERT INTO profile_merge SELECT 6, 1, 2, 1, 0");
    const seen = visible({ upTo: 8, except: [7], generation: 0, bases: [] });
    const written = async () => {
      const [row] = await engine.query<{ n: number }>("SELECT count() AS n FROM profile_merge WHERE op = 7");
      return row?.n ?? 0;
    };
    const write = engine
      .command(
        "INSERT INTO profile_merge SELECT 7, number, 1, sleepEachRow(0.002), 0 FROM numbers(100000)",
        {},
        {
          settings: {
            max_block_size: 20,
            min_insert_block_size_rows: 20,
            min_insert_block_size_bytes: 0,
            max_threads: 1,
          },
        },
      )
      .catch((error: unknown) => error);
    await until(async () => (await written()) > 0, "a part of it is there");
    engine.process?.kill("SIGKILL");
    expect(await write).toMatchObject({ code: "engineRestarted" });
    expect(await written()).toBeGreaterThan(0);
    expect(
      await engine.query(`SELECT op, old, new FROM profile_merge WHERE ${seen.sql}`, seen.parameters),
    ).toEqual([{ op: 6, old: 1, new: 2 }]);
  });

  test("five million rows are read with neither process growing by 200 MB, however slow the reader", async () => {
    const { engine } = started;
    await engine.query("SELECT 1 AS one");
    const before = { child: residentMb(engine.process?.pid), own: residentMb(process.pid) };
    const peak = { child: 0, own: 0 };
    let rows = 0;
    let nextLook = 0;
    for await (const block of engine.stream<[number, string]>(
      "SELECT number, concat('some text of a row ', toString(number)) FROM numbers(5000000)",
      {},
      { format: "arrays" },
    )) {
      rows += block.length;
      if (rows < nextLook) continue;
      nextLook += 250_000;
      peak.child = Math.max(peak.child, residentMb(engine.process?.pid) - before.child);
      peak.own = Math.max(peak.own, residentMb(process.pid) - before.own);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(rows).toBe(5_000_000);
    expect(peak.child).toBeLessThan(200);
    expect(peak.own).toBeLessThan(200);
  });

  test("a CSV of 300 MB is taken in with the child growing by less than 800 MB and this process by less than 200", async () => {
    const { engine } = started;
    await engine.command(
      "CREATE TABLE t_big (line UInt32, a String, b String) ENGINE = MergeTree ORDER BY line",
    );
    const before = { child: residentMb(engine.process?.pid), own: residentMb(process.pid) };
    const peak = { child: 0, own: 0 };
    const watch = setInterval(() => {
      peak.child = Math.max(peak.child, residentMb(engine.process?.pid) - before.child);
      peak.own = Math.max(peak.own, residentMb(process.pid) - before.own);
    }, 50);
    const LINES = 3_000_000;
    async function* csv(): AsyncGenerator<Uint8Array> {
      for (let line = 0; line < LINES; line += 5000) {
        const lines = Array.from(
          { length: 5000 },
          (_, n) => `${line + n},"${"text ".repeat(17)}",${line + n}\n`,
        );
        yield Buffer.from(lines.join(""));
      }
    }
    try {
      expect(await engine.insertStream("t_big", ["line", "a", "b"], "CSV", csv())).toEqual({ rows: LINES });
    } finally {
      clearInterval(watch);
    }
    expect(await engine.query("SELECT count() AS n, uniqExact(b) AS u FROM t_big")).toEqual([
      { n: LINES, u: LINES },
    ]);
    await engine.command("DROP TABLE t_big");
    // The blocks of the engine, not the file: 560 MB, with 300 MB as with 3 GB.
    expect(peak.child).toBeLessThan(800);
    expect(peak.own).toBeLessThan(200);
  });

  test("at rest it takes no processor time worth a word", async () => {
    const { engine } = started;
    await engine.query("SELECT 1 AS one");
    const ticks = () => {
      const fields =
        readFileSync(`/proc/${engine.process?.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
      return Number(fields[11]) + Number(fields[12]);
    };
    const before = ticks();
    await new Promise((resolve) => setTimeout(resolve, 2000));
    // A tick is 10 ms: 5 % of one core would be 10 of them.
    expect(ticks() - before).toBeLessThan(10);
  });

  test("the child has nothing of our environment", () => {
    const environment = readFileSync(`/proc/${started.engine.process?.pid}/environ`, "utf8").split("\0");
    expect(
      environment.filter(
        (entry) => !/^(?:TZ=UTC|UV_THREADPOOL_SIZE=|JE_MALLOC_CONF=thp:always|NODE_CHANNEL_|$)/.test(entry),
      ),
    ).toEqual([]);
  });
});

describe.skipIf(SERVER_URL !== undefined)("a data folder", () => {
  test("is refused to a second process, which says so", async () => {
    const first = await startEngine();
    try {
      await expect(startEngine({ folder: first.folder, lockWaitMs: 0 })).rejects.toMatchObject({
        code: "folderInUse",
        detail: expect.stringContaining(first.folder),
      });
      expect(await first.engine.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
    } finally {
      await first.close();
    }
  });

  test("is waited for while its holder is going", () =>
    inFolder(async (folder) => {
      const first = await startEngine({ folder });
      await first.engine.insert("profile", ["op", "profile", "arrival"], [[1, 1, 1]]);
      const second = startEngine({ folder, lockWaitMs: 20_000 });
      // Longer than one look at the lock takes, so that the first ones fail.
      await new Promise((resolve) => setTimeout(resolve, 700));
      await first.close();
      const { engine, close } = await second;
      expect(await engine.query("SELECT profile FROM profile")).toEqual([{ profile: 1 }]);
      await close();
    }));

  test("that cannot be opened is told, with the reason", async () => {
    await inFolder(async (parent) => {
      const folder = join(parent, "file", "data");
      writeFileSync(join(parent, "file"), "");
      await expect(startEngine({ folder })).rejects.toMatchObject({
        code: "engineUnavailable",
        detail: expect.stringContaining("ENOTDIR"),
      });
    });
  });
});

describe.skipIf(SERVER_URL !== undefined)("the end of the parent", () => {
  test("is the end of the child, even in the middle of a query, and frees the folder at once", () =>
    inFolder(async (folder) => {
      const parent = spawn(
        process.execPath,
        [
          "--input-type=module",
          "--eval",
          `import { openEngine } from "@peregrine/server";
          const log = { info() {}, warn() {} };
          const engine = await openEngine({ folder: ${JSON.stringify(folder)}, log, memoryBytes: 1e9 });
          await engine.insert("profile", ["op", "profile", "arrival"], [[1, 42, 1]]);
          engine.query(${JSON.stringify(ENDLESS)}).catch(() => {});
          while ((await engine.query(${JSON.stringify(RUNNING)}, { marker: "sipHash64" })).length === 0);
          console.log(engine.process.pid);`,
        ],
        { stdio: ["ignore", "pipe", "inherit"] },
      );
      try {
        const output: Buffer[] = await once(parent.stdout, "data");
        const child = Number(output[0]);
        expect(existsSync(`/proc/${child}`)).toBe(true);
        parent.kill("SIGKILL");
        await until(() => !existsSync(`/proc/${child}`), "the child is gone");
        const next = await startEngine({ folder, lockWaitMs: 0 });
        expect(await next.engine.query("SELECT profile FROM profile")).toEqual([{ profile: 42 }]);
        await next.close();
      } finally {
        parent.kill("SIGKILL");
      }
    }));
});

describe.skipIf(SERVER_URL !== undefined)("too little memory", () => {
  test("is an error of the query that wants it, and the engine lives on", async () => {
    const { engine, close } = await startEngine({ memoryBytes: 400_000_000 });
    try {
      const pid = engine.process?.pid;
      for (let n = 0; n < 3; n++) {
        await expect(
          engine.query("SELECT length(groupArray(toString(number))) AS n FROM numbers(100000000)"),
        ).rejects.toMatchObject({ code: "engineMemory", actor: "operator" });
      }
      expect(await engine.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
      expect(engine.process?.pid).toBe(pid);
    } finally {
      await close();
    }
  });
});
