import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { type Exception, exceptionFrame, toException } from "./exception.ts";
import type { QueryRequest } from "./request.ts";
import type { Lane, Sessions } from "./sessions.ts";
import { spooled } from "./spool.ts";
import { literal } from "./statement.ts";

/**
 * Formats whose blocks can be sent one behind the other. The rest (with a head line, or one document) come from the
 * engine's stream with a head for each block, so they are made at once, in memory.
 */
const STREAMED_FORMATS = new Set([
  "JSONEachRow",
  "JSONCompactEachRow",
  "JSONStringsEachRow",
  "JSONCompactStringsEachRow",
  "CSV",
  "TSV",
  "TabSeparated",
  "TSVRaw",
  "TabSeparatedRaw",
  "LineAsString",
  "RowBinary",
]);

interface Desk {
  readonly sessions: Sessions;
  /** Where the data of inserts waits; emptied at start. */
  readonly spoolFolder: string;
}

/** Runs a request's statement and writes the answer. Gives up, and stops the engine's work, when the client goes. */
export async function answer(desk: Desk, request: QueryRequest, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => gone.abort(new Error("The client closed the connection")));
  response.setHeader("X-ClickHouse-Query-Id", request.queryId ?? randomUUID());
  const { statement } = request;
  if (statement.kind === "insert") {
    await spooled(desk.spoolFolder, randomUUID(), request.data, async (path) => {
      const infile = `${statement.target} FROM INFILE ${literal(path)} ${statement.settings} FORMAT ${statement.format}`;
      const result = await desk.sessions.run(request, infile, gone.signal, (lane) =>
        cancellable(lane, gone.signal, () => lane.session.queryAsync(infile)),
      );
      // For an INSERT from a file the engine counts the rows that it read, which are those that it wrote.
      finishEmpty(response, {
        written_rows: String(result.rowsRead),
        written_bytes: String(result.bytesRead),
      });
    });
    return;
  }
  await desk.sessions.run(request, statement.sql, gone.signal, async (lane) => {
    const format = (statement.kind === "rows" ? statement.format : undefined) ?? request.defaultFormat;
    if (statement.kind === "rows" && STREAMED_FORMATS.has(format)) {
      await streamRows(lane, statement.sql, format, response, gone.signal);
      return;
    }
    const result = await cancellable(lane, gone.signal, () =>
      lane.session.queryAsync(statement.sql, { format }),
    );
    response.setHeader("X-ClickHouse-Format", format);
    const bytes = result.bytes();
    if (bytes.length === 0) finishEmpty(response, {});
    else response.end(bytes);
  });
}

/**
 * Sends blocks as the engine makes them and asks for the next one only when the client has taken the last. The
 * status waits for the first block, so that most failures still get one of their own.
 */
async function streamRows(
  lane: Lane,
  sql: string,
  format: string,
  response: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  const tag = randomBytes(8).toString("hex");
  const blocks = lane.session.queryStream(sql, { format })[Symbol.asyncIterator]();
  const start = () => {
    response.setHeader("X-ClickHouse-Format", format);
    response.setHeader("X-ClickHouse-Exception-Tag", tag);
    response.writeHead(200);
  };
  try {
    while (true) {
      const next = await cancellable(lane, gone, () => blocks.next());
      if (next.done === true) break;
      gone.throwIfAborted();
      if (!response.headersSent) start();
      if (!response.write(next.value.raw())) await once(response, "drain", { signal: gone });
    }
    if (!response.headersSent) start();
    response.end();
  } catch (error) {
    if (!response.headersSent || gone.aborted) throw error;
    response.end(exceptionFrame(toException(error).message, tag));
  } finally {
    await blocks.return?.(undefined);
  }
}

async function cancellable<Result>(
  lane: Lane,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  signal.addEventListener("abort", lane.cancel, { once: true });
  try {
    return await work();
  } finally {
    signal.removeEventListener("abort", lane.cancel);
  }
}

function finishEmpty(response: ServerResponse, summary: Readonly<Record<string, string>>): void {
  response.setHeader(
    "X-ClickHouse-Summary",
    JSON.stringify({ read_rows: "0", written_rows: "0", ...summary }),
  );
  response.end();
}

/** Tells a failure from before the first byte of the result. */
export function refuse(response: ServerResponse, exception: Exception): void {
  if (response.destroyed || response.headersSent) {
    response.destroy();
    return;
  }
  response.setHeader("X-ClickHouse-Exception-Code", String(exception.code));
  response.setHeader("Content-Type", "text/plain; charset=UTF-8");
  response.writeHead(exception.status);
  response.end(`${exception.message}\n`);
}
