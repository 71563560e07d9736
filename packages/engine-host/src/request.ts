import type { IncomingMessage } from "node:http";
import { RequestError } from "./exception.ts";
import type { QueryContext } from "./sessions.ts";
import { readStatement, type Statement } from "./statement.ts";

/** A request of ClickHouse's HTTP interface, read as far as its statement. */
export interface QueryRequest extends QueryContext {
  readonly queryId: string | undefined;
  readonly defaultFormat: string;
  readonly statement: Statement;
  /** The data of an insert; empty for everything else. */
  readonly data: AsyncIterable<Uint8Array>;
}

/** Addresses' names that are not settings. */
const NOT_SETTINGS = new Set([
  "query",
  "query_id",
  "database",
  "default_format",
  "user",
  "password",
  "session_id",
  "role",
  // Settings of the HTTP interface alone: this host always does what they ask for.
  "wait_end_of_query",
  "buffer_size",
  "enable_http_compression",
  "cancel_http_readonly_queries_on_client_close",
  "http_write_exception_in_output_format",
]);

/** A statement's text is held in memory; the adapter's largest (all audiences in one) is some 100 KB. */
const MAX_STATEMENT_BYTES = 32 * 1024 * 1024;
/** In this much an insert's head must have ended, before its data. */
const MAX_HEAD_BYTES = 256 * 1024;

/** Reads address and body. The body of an insert is not read, but handed on as `data`. */
export async function readRequest(request: IncomingMessage): Promise<QueryRequest> {
  const address = new URL(request.url ?? "/", "http://engine");
  const fields = new Map(address.searchParams);
  const contentType = request.headers["content-type"] ?? "";
  if ((request.headers["content-encoding"] ?? "identity") !== "identity") {
    throw new RequestError(48, "Compressed requests are not supported on this socket", "NOT_IMPLEMENTED");
  }
  if (contentType.startsWith("multipart/form-data")) {
    const body = await readAll(request, [], 0);
    for (const [name, value] of formFields(body, contentType)) fields.set(name, value);
    return finish(fields, readStatement(fields.get("query") ?? ""), nothing());
  }
  const inAddress = fields.get("query");
  if (inAddress !== undefined && inAddress !== "") {
    const statement = readStatement(inAddress);
    if (statement.kind === "insert") {
      const head = Buffer.from(inAddress.slice(statement.dataFrom));
      return finish(fields, statement, head.length === 0 ? request : chain(head, request));
    }
    // As in ClickHouse, the body continues the query of the address.
    const rest = await readAll(request, [], 0);
    return finish(fields, readStatement(rest.length === 0 ? inAddress : `${inAddress}\n${rest}`), nothing());
  }
  return fromBody(fields, request);
}

async function fromBody(fields: Map<string, string>, request: IncomingMessage): Promise<QueryRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  const reader = request[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  while (size < MAX_HEAD_BYTES) {
    const next = await reader.next();
    if (next.done === true) break;
    chunks.push(next.value);
    size += next.value.length;
  }
  const head = Buffer.concat(chunks);
  const text = head.toString();
  const statement = readStatement(text);
  const rest: AsyncIterable<Buffer> = { [Symbol.asyncIterator]: () => reader };
  if (statement.kind === "insert") {
    const dataFrom = Buffer.byteLength(text.slice(0, statement.dataFrom));
    return finish(fields, statement, chain(head.subarray(dataFrom), rest));
  }
  return finish(fields, readStatement((await readAll(rest, [head], size)).toString()), nothing());
}

function finish(
  fields: ReadonlyMap<string, string>,
  statement: Statement,
  data: AsyncIterable<Uint8Array>,
): QueryRequest {
  return {
    database: fields.get("database"),
    queryId: fields.get("query_id"),
    defaultFormat: fields.get("default_format") ?? "TabSeparated",
    settings: new Map([...fields].filter(([name]) => !NOT_SETTINGS.has(name))),
    statement,
    data,
  };
}

async function readAll(
  source: AsyncIterable<Buffer>,
  before: readonly Buffer[],
  held: number,
): Promise<Buffer> {
  const chunks = [...before];
  let size = held;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > MAX_STATEMENT_BYTES) {
      throw new RequestError(62, `A statement may have ${MAX_STATEMENT_BYTES} bytes`, "SYNTAX_ERROR");
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function* chain(head: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  yield* rest;
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** The fields of a form: the client sends many or long parameters so, an address would grow too long. */
function* formFields(body: Buffer, contentType: string): Generator<[string, string]> {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (boundary === undefined) throw new RequestError(36, "The form names no boundary", "BAD_ARGUMENTS");
  const text = body.toString();
  for (const part of text.split(`--${boundary}`)) {
    const headEnd = part.indexOf("\r\n\r\n");
    if (headEnd === -1) continue;
    const name = /name="([^"]*)"/.exec(part.slice(0, headEnd))?.[1];
    if (name === undefined) continue;
    yield [name, part.slice(headEnd + 4).replace(/\r\n$/, "")];
  }
}
