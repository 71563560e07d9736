import type { Parameters } from "./engine.ts";

const ISO_INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/;

/**
 * The placeholders of type `DateTime…` take `2026-01-31 12:00:00.123` only (whatever `date_time_input_format` says,
 * an error else), so ISO texts bound to those are rewritten. Other texts are bound as they are.
 */
export function bound(sql: string, parameters: Parameters): Parameters {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => {
      if (value instanceof Date) throw new TypeError(`{${name}} is a Date: bind its toISOString()`);
      const isInstant = typeof value === "string" && ISO_INSTANT.test(value) && bindsInstant(sql, name);
      return [name, isInstant ? value.replace("T", " ").slice(0, -1) : value];
    }),
  );
}

function bindsInstant(sql: string, name: string): boolean {
  return new RegExp(`\\{\\s*${name}\\s*:\\s*(?:Nullable\\(\\s*)?DateTime`).test(sql);
}

/** A name of our own (`event_3`, `peregrine.profile`): anything else is a defect, never something to be quoted. */
export function assertName(name: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?$/.test(name)) {
    throw new TypeError(`${JSON.stringify(name)} is not a name of a table or column`);
  }
  return name;
}

/** A chunk of this many bytes is sent at once; larger ones were not faster. */
const CHUNK_BYTES = 256 * 1024;

/** Rows as lines of JSONCompactEachRow, in chunks. Big integers keep all digits. */
export function* encodeRows(rows: Iterable<readonly unknown[]>): Generator<Uint8Array> {
  let lines: string[] = [];
  let size = 0;
  for (const row of rows) {
    const line = `[${row.map(encode).join(",")}]\n`;
    lines.push(line);
    size += line.length;
    if (size < CHUNK_BYTES) continue;
    yield Buffer.from(lines.join(""));
    lines = [];
    size = 0;
  }
  if (lines.length > 0) yield Buffer.from(lines.join(""));
}

function encode(value: unknown): string {
  if (typeof value === "bigint") return value.toString();
  if (Array.isArray(value)) return `[${value.map(encode).join(",")}]`;
  if (value instanceof Date) throw new TypeError("A Date was given as a value: give its toISOString()");
  const text = JSON.stringify(value);
  if (text === undefined || (typeof value === "number" && !Number.isFinite(value))) {
    throw new TypeError(`${String(value)} cannot be a value of a row`);
  }
  return text;
}
