import type { components } from "../api.gen.ts";
import { dataOf } from "../client.ts";
import { CommandFailed, exitForCode, remedyOf } from "../exit.ts";
import { count, counted, faultLine, sentence, table } from "../output.ts";
import { sendFile } from "../send-file.ts";
import type { Session } from "../session.ts";

type Sample = components["schemas"]["Sample"];

/** How a file is written, where a person says it; what is left out is recognised. */
export interface Written {
  readonly format?: NonNullable<Sample["source"]["format"]>;
  readonly encoding?: NonNullable<Sample["source"]["encoding"]>;
  readonly delimiter?: string;
  readonly header?: boolean;
  readonly emptyCells?: NonNullable<Sample["source"]["emptyCells"]>;
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** The server keeps 16 MB; one byte more tells it that there is more. */
const SENT = 16 * 1024 * 1024 + 1;
const CELL = 24;

/** Sends a file to look at, and shows what it is: how it is written, its columns, its first rows. */
export async function sampleFile(
  session: Session,
  place: string,
  written: Written,
  rows: number,
): Promise<void> {
  const sample = await readableSample(session, place, written, rows);
  session.output.result(sample, sampleLines(sample));
}

/** The id of a new sample of rows that a dataflow has: the latest draft rows of its stream, or those of its latest import. */
export async function sampleKept({ api }: Session, id: string, of: "drafts" | "import"): Promise<string> {
  const params = { path: { id }, query: { rows: 0, of } };
  return dataOf(await api.POST("/api/v1/dataflows/{id}/samples", { params })).id;
}

/** The id of a sample: the one that is named, or of a file that is sent. @throws CommandFailed also where it can't be read */
export async function sampleId(session: Session, place: string, written: Written): Promise<string> {
  return (await readableSample(session, place, written, 0)).id;
}

/** A sample as {@link sampleId} finds it. @throws CommandFailed where it can't be read */
export async function readableSample(
  session: Session,
  place: string,
  written: Written,
  rows: number,
): Promise<Sample> {
  const sample = await sampleAt(session, place, written, rows);
  if (sample.error === null) return sample;
  const { code, detail, faults } = sample.error;
  throw new CommandFailed(exitForCode(code), `${sample.fileName}: ${sentence(detail)}`, {
    lines: [
      ...faults.map(faultLine),
      remedyOf(code),
      `Say how it is written: peregrine dataflow sample ${sample.id} --delimiter … --encoding … --header`,
    ],
    code,
    json: { sample },
  });
}

async function sampleAt(session: Session, place: string, written: Written, rows: number): Promise<Sample> {
  const { api } = session;
  const params = { path: { id: ID.test(place) ? place : await send(session, place) }, query: { rows } };
  if (Object.keys(written).length === 0) return dataOf(await api.GET("/api/v1/samples/{id}", { params }));
  return dataOf(await api.PUT("/api/v1/samples/{id}/source", { params, body: written }));
}

async function send(session: Session, file: string): Promise<string> {
  const answer = await sendFile(session, "/api/v1/samples?rows=0", file, SENT);
  return typeof answer === "object" && answer !== null && "id" in answer ? String(answer.id) : "";
}

function sampleLines(sample: Sample): string[] {
  const { reading, columns, rows, refused, read, more, id, expiresAt } = sample;
  const said =
    reading === null
      ? []
      : [reading.format, reading.compression === "none" ? "" : reading.compression, reading.encoding];
  const csv =
    reading?.format === "csv"
      ? [
          `cells separated by ${nameOf(reading.delimiter)}`,
          reading.header === true ? "with a header" : "without a header",
        ]
      : [];
  return [
    `${sample.fileName}: ${[...said, ...csv].filter((part) => part !== "").join(", ")}`,
    `  ${counted(read, "row")} looked at${more ? ", and there are more" : ""}${refused.rows === 0 ? "" : `; ${count(refused.rows)} can't be read`}`,
    ...refused.first
      .slice(0, 5)
      .map(({ line, column, reason }) => `  line ${line}${column === "" ? "" : `, ${column}`}: ${reason}`),
    "",
    ...table(
      ["Column", "Type", "Expression", "Filled", "Different", "Examples"],
      columns.map(({ name, guess, filled, distinct, examples }) => [
        name,
        guess.share === 1 ? guess.type : `${guess.type} ${Math.floor(guess.share * 100)} %`,
        guess.expression,
        filled,
        distinct,
        shortened(examples.join(" · "), 2 * CELL),
      ]),
    ),
    ...columns.flatMap(({ name, doubt }) => (doubt === null ? [] : [`  ${name}: ${doubt}`])),
    ...(rows.length === 0
      ? []
      : [
          "",
          ...table(
            ["Line", ...columns.map(({ name }) => shortened(name, CELL))],
            rows.map(({ line, values }) => [
              String(line),
              ...columns.map(({ name }) => cellText(values, name)),
            ]),
          ),
        ]),
    "",
    `Sample ${id}, kept until ${expiresAt}.`,
    `  next: peregrine dataflow propose ${id} --parent PersonalData`,
  ];
}

function nameOf(delimiter: string | null): string {
  return delimiter === "\t" ? "tabs" : (delimiter ?? "nothing");
}

function cellText(values: Readonly<Record<string, unknown>>, name: string): string {
  if (!Object.hasOwn(values, name)) return "–";
  const value = values[name];
  return shortened(typeof value === "string" ? value : JSON.stringify(value), CELL);
}

export function shortened(text: string, most: number): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}
