import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { CommandFailed, EXIT } from "../exit.ts";
import { separated } from "./separated.ts";

/** Who is in which segment. */
export type Member = readonly [audience: string, person: string];

/** Names of columns, without `_`, `-` and spaces, in small letters. */
const AUDIENCE_COLUMNS = ["audience", "audienceid", "segment", "segmentid", "segmentidentifier"];
const PERSON_COLUMNS = ["person", "personid", "userid", "user", "identifiervalue"];

/**
 * Reads a file of any size, line by line: CSV with the columns `audience` and `person`, or a JSON object on each line
 * with these members.
 *
 * @param only the audience where the file names people of one alone, without a column for it
 * @throws CommandFailed with the line that is wrong
 */
export async function* membersOfFile(file: string, only?: string): AsyncGenerator<Member> {
  const stream = createReadStream(file, "utf8");
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  let number = 0;
  let read: ((line: string) => Readonly<Record<string, unknown>> | undefined) | undefined;
  try {
    for await (const line of lines) {
      number += 1;
      if (read === undefined) {
        if (line.trim() === "") continue;
        if (line.trimStart().startsWith("{")) read = (text) => objectOf(text, file, number);
        else {
          read = separated(line).read;
          continue;
        }
      }
      const fields = read(line);
      if (fields === undefined) continue;
      yield memberOf(fields, { file, number, only });
    }
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error) || stream.errored === null) throw error;
    throw new CommandFailed(EXIT.noInput, `${file} can't be read (${String(error.code)}).`);
  }
}

function objectOf(line: string, file: string, number: number): Readonly<Record<string, unknown>> | undefined {
  if (line.trim() === "") return undefined;
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return Object.fromEntries(
        Object.entries(value).map(([name, field]) => [name.toLowerCase().replace(/[\s_-]/g, ""), field]),
      );
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw wrong(file, number, "is not a JSON object");
}

function memberOf(
  fields: Readonly<Record<string, unknown>>,
  {
    file,
    number,
    only,
  }: { readonly file: string; readonly number: number; readonly only: string | undefined },
): Member {
  const find = (names: readonly string[]) => {
    const value = names.map((name) => fields[name]).find((one) => one !== undefined && one !== "");
    return typeof value === "number" ? String(value) : value;
  };
  const audience = find(AUDIENCE_COLUMNS) ?? only;
  const person = find(PERSON_COLUMNS);
  if (typeof audience !== "string") throw wrong(file, number, "names no audience");
  if (typeof person !== "string") throw wrong(file, number, "names no person");
  return [audience, person];
}

function wrong(file: string, number: number, what: string): CommandFailed {
  return new CommandFailed(EXIT.badInput, `${file}: line ${number} ${what}; nothing was sent.`, {
    lines: [
      "A CSV file has the columns `audience` and `person`; a JSON file an object on each line with both.",
    ],
  });
}
