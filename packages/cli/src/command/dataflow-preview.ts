import { dataOf } from "../client.ts";
import { readDefinitionFiles } from "../definition-files.ts";
import { CommandFailed, EXIT } from "../exit.ts";
import { count, counted, faultLine, table } from "../output.ts";
import type { Session } from "../session.ts";
import { sampleId, shortened, type Written } from "./dataflow-sample.ts";

const CELL = 24;

export interface PreviewOptions {
  readonly files: readonly string[];
  readonly rows: number;
}

/** What definitions in files make of a file: its first rows, then all of the sample as numbers. Nothing is saved. */
export async function previewDataflow(
  session: Session,
  place: string,
  written: Written,
  options: PreviewOptions,
): Promise<void> {
  const { api, output } = session;
  const documents = (await readDefinitionFiles(options.files, session.environment)).map(({ value }) => value);
  const id = await sampleId(session, place, written);
  const preview = dataOf(
    await api.POST("/api/v1/samples/{id}/preview", {
      params: { path: { id }, query: { rows: options.rows } },
      body: { documents },
    }),
  );
  const validation = dataOf(
    await api.POST("/api/v1/samples/{id}/validation", { params: { path: { id } }, body: { documents } }),
  );
  const names = [...new Set(preview.rows.flatMap(({ values }) => Object.keys(values)))];
  const { counts } = validation;
  const rows = table(
    ["Line", "Is", ...names.map((name) => shortened(name, CELL))],
    preview.rows.map(({ line, outcome, event, refusal, values }) => [
      String(line),
      refusal === null ? (event ?? outcome) : `refused: ${refusal.column} ${refusal.reason}`,
      ...names.map((name) => shown(values[name])),
    ]),
  );
  if (preview.faults.length > 0) {
    throw new CommandFailed(EXIT.badInput, "An import of this would be refused.", {
      lines: [
        ...rows,
        ...preview.faults.map(faultLine),
        "Correct the places that are named; nothing was saved.",
      ],
      json: { preview, validation },
    });
  }
  output.result({ preview, validation }, [
    ...rows,
    "",
    `${counted(counts.read, "row")}${validation.more ? " of more" : ""} = ${count(counts.personRows)} about people + ${counted(counts.events, "event")} + ${count(counts.leftOut)} left out + ${count(counts.noIdentifier)} without identifier + ${count(counts.refused)} refused`,
    `  ${validation.people === 1 ? "1 person" : `${count(validation.people)} people`}: ${count(counts.newProfiles)} new, ${counted(counts.merges, "merge")}, ${counted(counts.conflicts, "conflict")}`,
    ...(validation.tooManyRefused
      ? ["  More rows are refused than `refuseAbove` allows: an import would publish nothing."]
      : []),
    ...validation.refused
      .slice(0, 10)
      .map(({ line, column, reason }) => `  line ${line}${column === "" ? "" : `, ${column}`}: ${reason}`),
    "Nothing was saved.",
  ]);
}

function shown(cell: { readonly is: string; readonly value?: unknown } | undefined): string {
  if (cell === undefined || cell.is === "absent") return "–";
  if (cell.is === "null") return "null";
  return shortened(typeof cell.value === "string" ? cell.value : JSON.stringify(cell.value), CELL);
}
