import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { Readable } from "node:stream";
import { authorization, failureOf, refusalOf, unreachable } from "./client.ts";
import { CommandFailed, EXIT } from "./exit.ts";
import type { Session } from "./session.ts";
import { reasonOf } from "./unreadable-file.ts";

/**
 * Sends a file as a body, as it is, with progress.
 *
 * @param path of the API, with `fileName` still to be added
 * @param most bytes from the beginning; absent: all
 * @returns what the API answers
 */
export async function sendFile(
  { connection, output }: Session,
  path: string,
  file: string,
  most = Number.POSITIVE_INFINITY,
): Promise<unknown> {
  const size = Math.min(most, await sizeOf(file));
  let sent = 0;
  const stream = createReadStream(file, { end: most - 1 }).on("data", (chunk) => {
    sent += chunk.length;
    output.progress(`${basename(file)}: sending ${Math.floor((100 * sent) / Math.max(1, size))} % …`);
  });
  const address = `${connection.url}${path}${path.includes("?") ? "&" : "?"}fileName=${encodeURIComponent(basename(file))}`;
  const request: RequestInit & { duplex: "half" } = {
    method: "POST",
    // A stream, so that a file of any size goes through; the generated client would hold it in memory.
    body: Readable.toWeb(stream) as ReadableStream,
    duplex: "half",
    headers: { "Content-Type": "application/octet-stream", ...authorization(connection) },
  };
  let response: Response;
  let body: string;
  try {
    response = await fetch(address, request);
    body = await response.text();
  } catch (error) {
    if (stream.errored !== null) throw unreadable(file, stream.errored);
    throw unreachable(connection, error);
  }
  const stranger = refusalOf(response, connection);
  if (stranger !== undefined) throw stranger;
  if (!response.ok) throw failureOf(response.status, body, connection);
  return JSON.parse(body);
}

async function sizeOf(file: string): Promise<number> {
  try {
    const found = await stat(file);
    if (found.isFile()) return found.size;
  } catch (error) {
    throw unreadable(file, error);
  }
  throw new CommandFailed(EXIT.noInput, `${file} is not a file.`, {
    lines: ["Name one file of rows: CSV, JSON or Parquet, plain or packed."],
  });
}

function unreadable(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  return new CommandFailed(EXIT.noInput, `${file} can't be read: ${reasonOf(String(error.code))}.`, {
    lines: ["Check the path and that you may read it."],
  });
}
