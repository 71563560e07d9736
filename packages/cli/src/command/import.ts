import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { Readable } from "node:stream";
import type { components } from "../api.gen.ts";
import { authorization, dataOf, failureOf, refusalOf, unreachable } from "../client.ts";
import { reasonOf } from "../definition-files.ts";
import { CommandFailed, EXIT, exitForCode, remedyOf } from "../exit.ts";
import { count, counted, faultLine, sentence } from "../output.ts";
import type { Session } from "../session.ts";

type Import = components["schemas"]["Import"];

const LOOK_MS = 250;
const UNDER_WAY: ReadonlySet<Import["state"]> = new Set(["queued", "running"]);

/** Sends a file to a dataflow and waits until it is taken in, with progress. */
export async function importFile(session: Session, dataflow: string, file: string): Promise<void> {
  const { api, output, pause } = session;
  const id = await upload(session, dataflow, file);
  for (;;) {
    const record = dataOf(await api.GET("/api/v1/imports/{id}", { params: { path: { id } } }));
    if (!UNDER_WAY.has(record.state)) {
      report(session, file, record);
      return;
    }
    const { progress } = record;
    const far =
      progress === null
        ? record.state
        : `${progress.step} ${count(progress.done)}${progress.total === null ? "" : ` of ${count(progress.total)}`}`;
    output.progress(`${basename(file)}: ${far} …`);
    await pause(LOOK_MS);
  }
}

async function upload({ connection, output }: Session, dataflow: string, file: string): Promise<number> {
  const size = await sizeOf(file);
  let sent = 0;
  const stream = createReadStream(file).on("data", (chunk) => {
    sent += chunk.length;
    output.progress(`${basename(file)}: sending ${Math.floor((100 * sent) / Math.max(1, size))} % …`);
  });
  const address = `${connection.url}/api/v1/dataflows/${encodeURIComponent(dataflow)}/imports?fileName=${encodeURIComponent(basename(file))}`;
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
  if (!response.ok) throw about(file, failureOf(response.status, body, connection));
  const answer: unknown = JSON.parse(body);
  if (typeof answer === "object" && answer !== null && "id" in answer && typeof answer.id === "number") {
    return answer.id;
  }
  throw new CommandFailed(EXIT.internal, "The server took the file and did not say as which import.");
}

async function sizeOf(file: string): Promise<number> {
  try {
    const found = await stat(file);
    if (found.isFile()) return found.size;
  } catch (error) {
    throw unreadable(file, error);
  }
  throw new CommandFailed(EXIT.noInput, `${file} is not a file.`, {
    lines: ["Name one CSV file, plain or gzip; `peregrine import` takes them one by one."],
  });
}

function unreadable(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error)) return error;
  return new CommandFailed(EXIT.noInput, `${file} can't be read: ${reasonOf(String(error.code))}.`, {
    lines: ["Check the path and that you may read it."],
  });
}

/** A failure that is about the file names it; one about the dataflow or the token does not. */
function about(file: string, failure: CommandFailed): CommandFailed {
  if (!/^(file|upload|disk)/.test(failure.code ?? "")) return failure;
  const { exit, message, lines, code, json } = failure;
  return new CommandFailed(exit, notPublished(file, message), { lines, code, json });
}

function notPublished(file: string, message: string): string {
  return `${basename(file)}: ${sentence(message)} Nothing of it was published.`;
}

function report({ output }: Session, file: string, record: Import): void {
  const name = basename(file);
  const numbers = record.counts === null ? [] : countLines(record.id, record.counts);
  if (record.error !== null) {
    const { code, detail, faults } = record.error;
    throw new CommandFailed(exitForCode(code), notPublished(file, detail), {
      lines: [...faults.map(faultLine), ...numbers, remedyOf(code)],
      code,
      json: { import: record },
    });
  }
  if (record.state === "unchanged") {
    output.result(record, [
      `${name}: import ${record.repeats ?? "before"} brought the same file already; nothing changed`,
    ]);
    return;
  }
  output.result(record, [`${name}: import ${record.id} ${record.state}`, ...numbers]);
}

/** An import's numbers, which add up. */
export function countLines(id: number, counts: NonNullable<Import["counts"]>): string[] {
  const { read, personRows, events, repeatedEvents, leftOut, noIdentifier, refused } = counts;
  const repeated = repeatedEvents > 0 ? ` (${count(repeatedEvents)} known already)` : "";
  const rows = `  ${counted(read, "row")} = ${count(personRows)} about people + ${counted(events, "event")}${repeated} + ${count(leftOut)} left out + ${count(noIdentifier)} without identifier + ${count(refused)} refused`;
  const people = `  ${counted(counts.newProfiles, "new profile")}, ${counted(counts.merges, "merge")}, ${counted(counts.conflicts, "conflict")}`;
  const fetched =
    refused > 0 ? [`  refused rows with line, column and reason: peregrine import refused ${id}`] : [];
  return [rows, people, ...fetched];
}

/** Prints an import's refused rows as CSV. */
export async function refusedRows({ api, output }: Session, id: number): Promise<void> {
  const { data } = await api.GET("/api/v1/imports/{id}/refused.csv", {
    params: { path: { id } },
    parseAs: "text",
  });
  const text = String(data ?? "");
  output.result({ id, csv: text }, [text.trimEnd()]);
}
