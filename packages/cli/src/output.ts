import { asRun, invocation } from "./invocation.ts";

/** Where a command writes: results to standard output, progress and messages to standard error. */
export interface Output {
  /** Machine-readable output was asked for: exactly one JSON value on standard output. */
  readonly json: boolean;
  /** Commands that the lines name are told as this program was run, unless they are `verbatim`: data, to the letter. */
  result(value: unknown, lines: readonly string[], as?: "verbatim"): void;
  note(line: string): void;
  /** A line that replaces the one before it on a terminal, and is left out elsewhere. */
  progress(line: string): void;
}

/** Where text goes; a terminal shows progress. */
export interface Stream {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

/** Output to this process's streams; commands are told as this program was run. */
export function processOutput(
  json: boolean,
  environment: Readonly<Record<string, string | undefined>>,
): Output {
  return streamOutput(json, process.stdout, process.stderr, invocation(environment));
}

/** Streams on which progress stands: what is written there next clears it, whichever output writes it. */
const SHOWING = new WeakSet<Stream>();

/** Output to two streams: results to the first, everything else to the second. */
export function streamOutput(
  json: boolean,
  results: Stream,
  messages: Stream,
  program = "peregrine",
): Output {
  const clear = () => {
    if (SHOWING.delete(messages)) messages.write("\r\u001b[2K");
  };
  return {
    json,
    result(value, lines, as) {
      clear();
      if (json) results.write(`${JSON.stringify(value)}\n`);
      else for (const line of lines) results.write(`${as === "verbatim" ? line : asRun(line, program)}\n`);
    },
    note(line) {
      clear();
      messages.write(`${asRun(line, program)}\n`);
    },
    progress(line) {
      if (messages.isTTY !== true) return;
      clear();
      messages.write(line);
      SHOWING.add(messages);
    },
  };
}

/** A count as people read it: 12,480. */
export function count(value: number): string {
  return value.toLocaleString("en-GB");
}

/** A count with its noun: 1 row, 12,480 rows. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

const UNITS = [
  ["day", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
] as const;

/** How long ago an instant was: 38 s, 3 h, 2 days. @param now ms UTC */
export function age(instant: string, now: number): string {
  const ms = Math.max(0, now - Date.parse(instant));
  const [unit, size] = UNITS.find(([, least]) => ms >= least) ?? ["s", 1_000];
  const many = Math.floor(ms / size);
  return `${many} ${unit === "day" && many !== 1 ? "days" : unit}`;
}

/** Text that ends as a sentence does. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  return trimmed === "" || /[.!?:…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

/** One fault on a line: where, what, and what to do. */
export function faultLine(fault: {
  readonly path: string;
  readonly message: string;
  readonly remedy?: string | undefined;
}): string {
  const remedy = fault.remedy ?? "";
  const whole = `${sentence(fault.message)} ${sentence(remedy.charAt(0).toUpperCase() + remedy.slice(1))}`;
  return `  ${fault.path}: ${whole.trim()}`;
}

type Cell = string | number;

/**
 * Lines of a table: a header, then the rows; numbers to the right.
 *
 * @param header the columns' names
 */
export function table(header: readonly string[], rows: readonly (readonly Cell[])[]): string[] {
  const text = (cell: Cell | undefined) => (typeof cell === "number" ? count(cell) : (cell ?? ""));
  const widths = header.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => text(row[column]).length)),
  );
  const line = (cells: readonly Cell[]) =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return typeof cell === "number" ? text(cell).padStart(width) : text(cell).padEnd(width);
      })
      .join("  ")
      .trimEnd();
  const alignRight = header.map((_, column) => rows.length > 0 && typeof rows[0]?.[column] === "number");
  const head = header.map((name, column) => (alignRight[column] ? name.padStart(widths[column] ?? 0) : name));
  return [line(head), ...rows.map(line)];
}
