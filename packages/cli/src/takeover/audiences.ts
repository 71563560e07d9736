import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { CommandFailed, EXIT } from "../exit.ts";
import { counted, type Output } from "../output.ts";
import { AnswerNotUnderstood, type ForeignAudience, readAudiences } from "./cdp-answer.ts";
import { draftOf } from "./draft.ts";
import { separated } from "./separated.ts";
import { textOfFile } from "./text-of-file.ts";

export interface AudiencesOptions {
  readonly fromApi?: string | undefined;
  readonly fromFile?: string | undefined;
  readonly credentials?: string | undefined;
  readonly out: string;
}

interface Surroundings {
  readonly output: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Writes a draft for each audience of another CDP. Files that are there already stay as they are. */
export async function takeOverAudiences(
  options: AudiencesOptions,
  { output, environment }: Surroundings,
): Promise<void> {
  const audiences = await foreignAudiences(options, environment);
  const drafts = audiences.map(draftOf);
  const faults = drafts.flatMap((draft) => ("fault" in draft ? [draft] : []));
  const twice = audiences.filter(({ id }, at) => audiences.findIndex((one) => one.id === id) !== at);
  if (faults.length + twice.length > 0) {
    throw new CommandFailed(EXIT.badInput, "Not all audiences can be taken over; nothing was written.", {
      lines: [
        ...faults.map(({ id, fault }) => `  ${id}: ${fault}`),
        ...twice.map(({ id }) => `  ${id}: stands there twice`),
        "Correct them in a file, and take them over from that.",
      ],
    });
  }
  await mkdir(options.out, { recursive: true });
  const written: string[] = [];
  const kept: string[] = [];
  for (const draft of drafts) {
    if ("fault" in draft) continue;
    const path = join(options.out, draft.file);
    ((await writeNew(path, draft.text)) ? written : kept).push(path);
  }
  output.result({ written, kept }, [
    `${counted(written.length, "draft")} written to ${options.out}.`,
    ...(kept.length === 0 ? [] : [`${counted(kept.length, "file")} there already, left as they are.`]),
    "Write each rule in place of `toBeWritten`, then: peregrine apply -f " + options.out,
  ]);
}

async function writeNew(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

async function foreignAudiences(
  { fromApi, fromFile, credentials }: AudiencesOptions,
  environment: Surroundings["environment"],
): Promise<ForeignAudience[]> {
  if ((fromApi === undefined) === (fromFile === undefined)) {
    throw new CommandFailed(
      EXIT.usage,
      "Say where the audiences come from: --from-api URL, or --from-file FILE.",
    );
  }
  if (fromFile !== undefined) return audiencesOfFile(fromFile);
  // Here, not above: its HTTP client takes a third of the time in which any command starts.
  const { openCdpApi } = await import("./cdp-api.ts");
  const api = await openCdpApi(fromApi ?? "", credentials, environment);
  try {
    return await api.audiences();
  } finally {
    await api.close();
  }
}

/** JSON, YAML, or CSV with the columns id, name, description, tags and rule. */
async function audiencesOfFile(file: string): Promise<ForeignAudience[]> {
  const text = await textOfFile(file);
  try {
    if (/\.(ya?ml|json)$/i.test(file)) return readAudiences(parse(text));
    const [header = "", ...lines] = text.split(/\r?\n/);
    const rows = separated(header);
    return readAudiences(
      lines.flatMap((line) => {
        const row = rows.read(line);
        return row === undefined ? [] : [{ ...row, id: row["id"] || row["audienceid"] }];
      }),
    );
  } catch (error) {
    if (!(error instanceof AnswerNotUnderstood) && !(error instanceof Error && error.name.startsWith("YAML")))
      throw error;
    throw new CommandFailed(EXIT.badInput, `${file} is not understood. ${error.message}`, {
      lines: ["A list of audiences with id, name, description and tags is expected, as CSV, JSON or YAML."],
    });
  }
}
