import { type Fault, PeregrineError } from "@peregrine/core";

/** One person in one segment, as a list names it. */
export interface ListedPerson {
  readonly audience: string;
  readonly person: string;
  /** Counted from 1. */
  readonly line: number;
}

/** Bytes; two ids are far shorter. */
const LONGEST_LINE = 8 * 1024;
const LONGEST_ID = 1000;

/**
 * Reads lines of JSON, each `["<audience id>", "<person id>"]`, piece by piece.
 * @throws PeregrineError `requestInvalid` with the line that is wrong
 */
export async function* readListedPeople(body: AsyncIterable<Uint8Array>): AsyncGenerator<ListedPerson> {
  let line = 0;
  for await (const text of lines(body)) {
    line += 1;
    if (text.trim() === "") continue;
    yield { ...readPerson(text, line), line };
  }
}

async function* lines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest = "";
  let done = 0;
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch (error) {
      if (error instanceof TypeError) throw invalid(done + 1, "is not UTF-8");
      throw error;
    }
  };
  for await (const bytes of body) {
    const parts = (rest + decode(bytes)).split("\n");
    rest = parts.pop() ?? "";
    if (rest.length > LONGEST_LINE) throw invalid(done + parts.length + 1, "is too long");
    for (const part of parts) {
      done += 1;
      yield part;
    }
  }
  rest += decode();
  if (rest !== "") yield rest;
}

function readPerson(text: string, line: number): Omit<ListedPerson, "line"> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw invalid(line, "is not JSON");
    throw error;
  }
  if (!Array.isArray(value) || value.length !== 2) throw invalid(line, "is not a list of two texts");
  const [audience, person]: unknown[] = value;
  if (typeof audience !== "string" || typeof person !== "string")
    throw invalid(line, "is not a list of two texts");
  if (audience === "" || audience.length > LONGEST_ID || person.length > LONGEST_ID)
    throw invalid(line, "has an empty audience, or an id that is too long");
  return { audience, person };
}

/** What is wrong with a line of a list. */
export function invalid(line: number, message: string): PeregrineError {
  const fault: Fault = {
    path: `line ${line}`,
    message,
    remedy: 'Write one person a line: ["5d822e81","14"], the id of the audience and that of the person.',
  };
  return new PeregrineError("requestInvalid", {
    detail: `Line ${line} ${message}; nothing was kept.`,
    faults: [fault],
  });
}
