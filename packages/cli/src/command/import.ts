import { basename } from "node:path";
import type { components } from "../api.gen.ts";
import { dataOf } from "../client.ts";
import { CommandFailed, EXIT, exitForCode, remedyOf } from "../exit.ts";
import { count, counted, faultLine, sentence } from "../output.ts";
import { sendFile } from "../send-file.ts";
import type { Session } from "../session.ts";

type Import = components["schemas"]["Import"];

const LOOK_MS = 250;
const UNDER_WAY: ReadonlySet<Import["state"]> = new Set(["queued", "running"]);

/** Sends a file to a dataflow and waits until it is taken in, with progress. */
export async function importFile(session: Session, dataflow: string, file: string): Promise<void> {
  await follow(session, file, await upload(session, dataflow, file));
}

/** Takes an import's rows in once more by the mapping of today, and waits for the end. */
export async function runImportAgain(session: Session, id: number): Promise<void> {
  const params = { path: { id } };
  const queued = dataOf(await session.api.POST("/api/v1/imports/{id}/run-again", { params }));
  await follow(session, queued.fileName, queued.id);
}

async function follow(session: Session, file: string, id: number): Promise<void> {
  const { api, output, pause } = session;
  for (;;) {
    const record = dataOf(await api.GET("/api/v1/imports/{id}", { params: { path: { id } } }));
    if (record.held !== null) {
      output.result(record, [
        `${basename(file)}: import ${id} is kept: ${record.dataflowId} is paused, and takes it in when it is resumed`,
      ]);
      return;
    }
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

async function upload(session: Session, dataflow: string, file: string): Promise<number> {
  let answer: unknown;
  try {
    answer = await sendFile(session, `/api/v1/dataflows/${encodeURIComponent(dataflow)}/imports`, file);
  } catch (error) {
    throw error instanceof CommandFailed ? about(file, error) : error;
  }
  if (typeof answer === "object" && answer !== null && "id" in answer && typeof answer.id === "number") {
    return answer.id;
  }
  throw new CommandFailed(EXIT.internal, "The server took the file and did not say as which import.");
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
  output.result({ id, csv: text }, [text.trimEnd()], "verbatim");
}
