/** The child by itself: the part of ClickHouse's HTTP protocol that it speaks. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { threadPoolSize } from "@peregrine/engine-host";
import { openEngine } from "@peregrine/server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { until } from "../harness/wait.ts";

let folder: string;
let socket: string;
let child: ChildProcess;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "peregrine-test-"));
  socket = join(folder, "engine.sock");
  child = fork(fileURLToPath(import.meta.resolve("@peregrine/engine-host/main")), [], {
    env: { TZ: "Asia/Tokyo", UV_THREADPOOL_SIZE: String(threadPoolSize(2)) },
    execArgv: [],
  });
  child.send({ type: "start", folder: join(folder, "data"), socket, slots: 2, memoryBytes: 2 ** 30 });
  const [message] = await once(child, "message");
  expect(message).toEqual({ type: "ready", version: expect.stringMatching(/^\d+\.\d+/) });
});
afterAll(async () => {
  child.send({ type: "stop" });
  const [code] = await once(child, "exit");
  expect(code).toBe(0);
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

async function call(
  path: string,
  body: string | Buffer = "",
  options: { method?: string; headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Answer> {
  const request = httpRequest({ socketPath: socket, path, method: "POST", ...options });
  request.end(body);
  const [response] = await once(request, "response");
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

const sql = (parameters: Record<string, string>) => `/?${new URLSearchParams(parameters)}`;

test("it answers a ping, also while all of its slots are taken", async () => {
  const stop = new AbortController();
  const long = Array.from({ length: 3 }, () =>
    call("/", "SELECT sum(sipHash64(number)) FROM numbers(1000000000000) SETTINGS max_threads = 1", {
      signal: stop.signal,
    }).catch((error: Error) => error.name),
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  for (let n = 0; n < 5; n++) {
    expect(await call("/ping", "", { method: "GET" })).toMatchObject({ status: 200, body: "Ok.\n" });
  }
  stop.abort();
  expect(await Promise.all(long)).toEqual(["AbortError", "AbortError", "AbortError"]);
  // The slots are free again: the two queries that ran were stopped, the one that waited never began.
  expect((await call("/", "SELECT 1")).body).toBe("1\n");
});

test("a statement comes in the body, in the address, or in both", async () => {
  expect((await call("/", "SELECT 1, 'é'")).body).toBe("1\té\n");
  expect((await call(sql({ query: "SELECT 2" }))).body).toBe("2\n");
  expect((await call(sql({ query: "SELECT 3 AS x" }), "", { method: "GET" })).body).toBe("3\n");
  expect((await call(sql({ query: "SELECT sum(number)" }), "FROM numbers(5)")).body).toBe("10\n");
});

test("the format is the statement's, else the address's", async () => {
  const asked = await call(sql({ default_format: "JSONEachRow" }), "SELECT 1 AS a");
  expect(asked).toMatchObject({ body: '{"a":1}\n', headers: { "x-clickhouse-format": "JSONEachRow" } });
  expect((await call(sql({ default_format: "JSONEachRow" }), "SELECT 1 AS a FORMAT CSV")).body).toBe("1\n");
  expect(JSON.parse((await call("/", "SELECT number AS n FROM numbers(100000) FORMAT JSON")).body).rows).toBe(
    100_000,
  );
  const named = (await call("/", "SELECT number AS n FROM numbers(200000) FORMAT CSVWithNames")).body.split(
    "\n",
  );
  expect(named.filter((line) => line === '"n"').length).toBe(1);
});

test("the query's id comes back, and there is one if none was given", async () => {
  expect((await call(sql({ query_id: "mine" }), "SELECT 1")).headers["x-clickhouse-query-id"]).toBe("mine");
  expect((await call("/", "SELECT 1")).headers["x-clickhouse-query-id"]).toMatch(/^[0-9a-f-]{36}$/);
});

test("settings and values come in the address", async () => {
  expect(
    (
      await call(
        sql({ param_x: "a\\tb\\\\", max_block_size: "17" }),
        "SELECT {x:String}, getSetting('max_block_size') FORMAT TSV",
      )
    ).body,
  ).toBe("a\\tb\\\\\t17\n");
  expect(await call(sql({ no_such_setting: "1" }), "SELECT 1")).toMatchObject({ status: 400 });
});

test("values come as fields of a form when there are too many for an address", async () => {
  const boundary = "----b";
  const fields = {
    query: "SELECT {a:String} AS a, {b:UInt8} AS b FORMAT JSONEachRow",
    param_a: "é\r\n--x",
    param_b: "7",
  };
  const body = `${Object.entries(fields)
    .map(
      ([name, value]) =>
        `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value.replaceAll("\r\n", "\\r\\n")}\r\n`,
    )
    .join("")}--${boundary}--\r\n`;
  const answer = await call("/", body, {
    headers: { "Content-Type": `multipart/form-data; boundary=${boundary}` },
  });
  expect(answer.body).toBe('{"a":"é\\r\\n--x","b":7}\n');
});

test("an insert's data follows the statement, or comes alone when the statement is in the address", async () => {
  await call("/", "CREATE OR REPLACE TABLE t (n UInt32, s String) ENGINE = MergeTree ORDER BY n");
  const inAddress = await call(sql({ query: "INSERT INTO t (n, s) FORMAT CSV" }), '1,"a\nb"\n2,c\n');
  expect(JSON.parse(String(inAddress.headers["x-clickhouse-summary"]))).toMatchObject({ written_rows: "2" });
  const inBody = await call(
    "/",
    Buffer.from('INSERT INTO t (n, s) SETTINGS max_threads = 1 FORMAT JSONEachRow\n{"n":3,"s":"é"}\n'),
  );
  expect(JSON.parse(String(inBody.headers["x-clickhouse-summary"]))).toMatchObject({ written_rows: "1" });
  const large = `INSERT INTO t FORMAT TabSeparated\n${Array.from({ length: 50_000 }, (_, n) => `${n + 10}\tsome text é`).join("\n")}\n`;
  expect((await call("/", large)).status).toBe(200);
  expect((await call("/", "INSERT INTO t VALUES (4, 'FORMAT CSV')")).status).toBe(200);
  expect((await call("/", "SELECT count(), sum(n), countIf(s = 'some text é') FROM t")).body).toBe(
    `50004\t${10 + (50_000 * 49_999) / 2 + 500_000}\t50000\n`,
  );
  expect(readdirSync(join(folder, "data", "spool"))).toEqual([]);
});

test("the database of the address is used, and an unknown one is an error", async () => {
  await call("/", "CREATE DATABASE IF NOT EXISTS other");
  for (let n = 0; n < 3; n++) {
    expect((await call(sql({ database: "other" }), "SELECT currentDatabase()")).body).toBe("other\n");
    expect((await call("/", "SELECT currentDatabase()")).body).toBe("default\n");
  }
  expect(await call(sql({ database: "nope" }), "SELECT 1")).toMatchObject({
    status: 404,
    headers: { "x-clickhouse-exception-code": "81" },
  });
});

test.each([
  ["SELEC 1", 400, "62", /^Code: 62\. DB::Exception: .*SYNTAX_ERROR\)\s*$/s],
  ["SELECT * FROM nope", 404, "60", /^Code: 60\. /],
  ["SELECT throwIf(1)", 500, "395", /^Code: 395\. /],
  ["SELECT {x:String}", 400, "456", /^Code: 456\. .*UNKNOWN_QUERY_PARAMETER\)\s*$/s],
  ["INSERT INTO nope FORMAT CSV\n1\n", 404, "60", /^Code: 60\. /],
])("%j is refused with its code in the head", async (statement, status, code, body) => {
  const answer = await call("/", statement);
  expect(answer.status).toBe(status);
  expect(answer.headers["x-clickhouse-exception-code"]).toBe(code);
  expect(answer.body).toMatch(body);
});

test("an error in the middle of a result ends it with the block that the client looks for", async () => {
  const answer = await call(
    "/",
    "SELECT throwIf(number = 300000, 'half way, é') FROM numbers(1000000) SETTINGS max_threads = 1 FORMAT CSV",
  );
  expect(answer.status).toBe(200);
  const tag = String(answer.headers["x-clickhouse-exception-tag"]);
  const frame = answer.body.slice(answer.body.indexOf("\r\n__exception__"));
  const [, message, length] =
    new RegExp(
      `^\\r\\n__exception__\\r\\n${tag}\\r\\n([\\s\\S]*\\n)(\\d+) ${tag}\\r\\n__exception__\\r\\n$`,
    ).exec(frame) ?? [];
  expect(message).toContain("half way, é");
  expect(Buffer.byteLength(message ?? "")).toBe(Number(length));
});

test("a client that stops reading holds the engine back, and one that goes frees it", async () => {
  const request = httpRequest({ socketPath: socket, path: "/", method: "POST" });
  request.end("SELECT number FROM system.numbers");
  const [response] = await once(request, "response");
  response.pause();
  const read = async () =>
    Number(
      (await call("/", "SELECT sum(read_rows) FROM system.processes WHERE query LIKE '%FROM system.numbers'"))
        .body,
    );
  // The engine reads on until the sockets' buffers are full, and then waits.
  let before = -1;
  await until(async () => {
    const now = await read();
    const still = now === before;
    before = now;
    if (!still) await new Promise((resolve) => setTimeout(resolve, 200));
    return still;
  }, "the engine waits for its reader");
  request.destroy();
  await until(async () => (await read()) === 0, "the query has gone");
});

test("an insert whose client goes in the middle of the data writes nothing and leaves no file", async () => {
  await call("/", "CREATE OR REPLACE TABLE t_cut (n UInt32) ENGINE = MergeTree ORDER BY n");
  const request = httpRequest({
    socketPath: socket,
    path: sql({ query: "INSERT INTO t_cut FORMAT CSV" }),
    method: "POST",
  });
  request.on("error", () => {});
  request.write("1\n2\n");
  await until(() => readdirSync(join(folder, "data", "spool")).length === 1, "the data is being taken in");
  request.destroy();
  await until(() => readdirSync(join(folder, "data", "spool")).length === 0, "the file is gone");
  expect((await call("/", "SELECT count() FROM t_cut")).body).toBe("0\n");
});

test("an engine that is reached by an address of http behaves like the embedded one", async () => {
  const proxy: Server = createServer((client) => {
    const engine = connect(socket);
    client.pipe(engine).pipe(client);
    client.on("error", () => engine.destroy());
    engine.on("error", () => client.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const address = proxy.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const url = `http://default:secret@127.0.0.1:${port}`;
  const unused = join(folder, "unused");
  const engine = await openEngine({
    url,
    folder: unused,
    log: { info: () => {}, warn: () => {} },
    database: "over_http",
  });
  expect(engine.process).toBeUndefined();
  expect(existsSync(unused)).toBe(false);
  await engine.insert("profile", ["op", "profile", "arrival"], [[1, 5, 1n]]);
  expect(
    await engine.query("SELECT profile FROM over_http.profile WHERE op = {op:UInt64}", { op: 1 }),
  ).toEqual([{ profile: 5 }]);
  await engine.close();
  await new Promise((resolve) => proxy.close(resolve));
  const gone = openEngine({ url, folder: unused, log: { info: () => {}, warn: () => {} } });
  const error = await gone.catch((e: unknown) => e);
  expect(error).toMatchObject({ code: "engineUnavailable", actor: "operator" });
  expect(String(error)).not.toContain("secret");
});
