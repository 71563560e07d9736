import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { Readable } from "node:stream";
import { dataOf, failureOf, remedyOf, unreachable } from "../client.ts";
import { CommandFailed, EXIT } from "../exit.ts";
import { count } from "../output.ts";
import type { Session } from "../session.ts";

const LOOK_MS = 250;
const UNDER_WAY: ReadonlySet<string> = new Set(["queued", "running"]);

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
    headers: {
      "Content-Type": "application/octet-stream",
      ...(connection.token === undefined ? {} : { Authorization: `Bearer ${connection.token}` }),
    },
  };
  let response: Response;
  try {
    response = await fetch(address, request);
  } catch (error) {
    throw unreachable(connection, error);
  }
  const body = await response.text();
  if (!response.ok) throw failureOf(response.status, body, connection);
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
    if (!(error instanceof Error) || !("code" in error)) throw error;
    throw new CommandFailed(EXIT.noInput, `${file} can't be read (${String(error.code)}).`, [
      "Check the path and that you may read it.",
    ]);
  }
  throw new CommandFailed(EXIT.noInput, `${file} is not a file.`);
}

interface Record {
  readonly id: number;
  readonly state: string;
  readonly repeats: number | null;
  readonly counts: null | {
    readonly read: number;
    readonly personRows: number;
    readonly events: number;
    readonly repeatedEvents: number;
    readonly leftOut: number;
    readonly noIdentifier: number;
    readonly refused: number;
    readonly newProfiles: number;
    readonly merges: number;
    readonly conflicts: number;
  };
  readonly error: null | {
    readonly code: string;
    readonly detail: string;
    readonly faults: readonly { readonly path: string; readonly message: string }[];
  };
}

function report({ output }: Session, file: string, record: Record): void {
  const name = basename(file);
  const numbers = record.counts === null ? [] : countLines(record.id, record.counts);
  if (record.error !== null) {
    const faults = record.error.faults.map(({ path, message }) => `  ${path}: ${message}`);
    const lines = [...faults, ...numbers, remedyOf(record.error.code) ?? ""];
    throw new CommandFailed(
      EXIT.badInput,
      `${name}: ${record.error.detail} Nothing of it was published.`,
      lines,
      record,
    );
  }
  if (record.state === "unchanged") {
    output.result(record, [
      `${name}: import ${record.repeats ?? "before"} brought the same file already; nothing changed`,
    ]);
    return;
  }
  output.result(record, [`${name}: import ${record.id} ${record.state}`, ...numbers]);
}

function countLines(id: number, counts: NonNullable<Record["counts"]>): string[] {
  const { read, personRows, events, repeatedEvents, leftOut, noIdentifier, refused } = counts;
  const repeated = repeatedEvents > 0 ? ` (${count(repeatedEvents)} known already)` : "";
  const rows = `  ${count(read)} rows = ${count(personRows)} about people + ${count(events)} events${repeated} + ${count(leftOut)} left out + ${count(noIdentifier)} without identifier + ${count(refused)} refused`;
  const people = `  ${count(counts.newProfiles)} new profiles, ${count(counts.merges)} merges, ${count(counts.conflicts)} conflicts`;
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
