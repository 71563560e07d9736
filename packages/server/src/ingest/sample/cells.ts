import { CELL_TAGS, type Path, pathName, type SampleCell } from "@peregrine/core";
import { parseRow } from "../json/index.ts";

const ESCAPE = /\\(.)/gs;
const ESCAPED: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r", "0": "\0" };

/** The lines of a block as texts: row, line, then the cells. */
export function* linesOf(bytes: Buffer): Generator<string[]> {
  for (const line of bytes.toString("utf8").split("\n")) {
    if (line === "") continue;
    yield line
      .split("\t")
      .map((cell) =>
        cell.includes("\\") ? cell.replace(ESCAPE, (_, sign: string) => ESCAPED[sign] ?? sign) : cell,
      );
  }
}

/** A member's names can be any; what is deeper than this, or more than so many, is no column. */
const DEEPEST = 8;
const MOST_PATHS = 2_000;

/** The paths of nested rows that lead to values, in the order in which they were first seen. */
export class PathFinder {
  readonly #paths = new Map<string, Path>();
  /** There were more than can be columns. */
  full = false;

  get paths(): readonly Path[] {
    return [...this.#paths.values()];
  }

  /** Looks at one row. */
  add(row: object): void {
    for (const [name, value] of Object.entries(row)) this.#walk([name], value);
  }

  #walk(path: Path, value: unknown): void {
    if (path.length < DEEPEST && isObject(value) && Object.keys(value).length > 0) {
      for (const [name, inner] of Object.entries(value)) this.#walk([...path, name], inner);
      return;
    }
    // Of a list of objects each member is a list of what the objects have there.
    if (Array.isArray(value) && path.length < DEEPEST && value.some(isObject)) {
      for (const element of value) {
        if (isObject(element))
          for (const [name, inner] of Object.entries(element)) this.#walk([...path, name], inner);
      }
      return;
    }
    const name = pathName(path);
    if (this.#paths.has(name)) return;
    if (this.#paths.size < MOST_PATHS) this.#paths.set(name, path);
    else this.full = true;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A nested row as an object; `undefined` where it is none, which its reader has refused already. */
export function nestedRow(text: string): object | undefined {
  const parsed = parseRow(text);
  return "row" in parsed ? parsed.row : undefined;
}

/** A tagged cell as what it stands for. */
export function untagged(cell: string): SampleCell {
  const rest = cell.slice(1);
  if (cell === "") return undefined;
  if (cell.startsWith(CELL_TAGS.single)) return rest;
  if (cell.startsWith(CELL_TAGS.list)) return JSON.parse(rest) as string[];
  // Null, and what is an object in this row and a value in others.
  return null;
}
