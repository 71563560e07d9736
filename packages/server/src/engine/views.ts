import { current, type Filter, type Snapshot, visible } from "./snapshot.ts";

/** Which of the views a statement reads. */
export interface Needs {
  readonly profiles?: boolean;
  readonly merges?: boolean;
  /** Catalog numbers. */
  readonly attributes?: readonly number[];
  /** By schema number, the catalog numbers of the columns. */
  readonly events?: readonly { readonly schema: number; readonly columns: readonly number[] }[];
  /** Numbers of identifiers. */
  readonly identifiers?: readonly number[];
  /** Only these profiles, by canonical number; of identifiers all are seen. Absent: all. */
  readonly piece?: Piece | undefined;
  /** Only these profiles, by canonical number; of identifiers too. Absent: all. */
  readonly sample?: Sample | undefined;
}

/**
 * Some of all people: those with the first `width` numbers of every `stride`, from 1 on. They lie in stretches because
 * the tables are sorted by profile, so that little else is read.
 */
export interface Sample {
  readonly stretches: number;
  readonly width: number;
  /** At least `width`. */
  readonly stride: number;
}

/** The stretch of a sample in which a number stands, from 0 on. */
export function stretchSql(column: string, { stride }: Sample): string {
  return `intDiv(${column} - 1, ${assertNumber(stride)})`;
}

/** Whether a number lies in one of the stretches. */
function inStretch(column: string, { stretches, width, stride }: Sample): string {
  const [last, each, apart] = [stretches * stride, width, stride].map(assertNumber);
  return `${column} <= ${last} AND (${column} - 1) % ${apart} < ${each}`;
}

/**
 * The condition that a row stands there by a number of somebody in the sample: the own one, which is computed, or one
 * that was merged into it, of which there are few. Reads `sample_view`. One set of all of them, looked up in the index
 * of each table, took longer to plan than the rows to read ([m] a rule of two conditions over 30 M events: 0.43 s, and
 * 0.30 s so).
 */
function inSample(sample: Sample): string {
  return `(${inStretch("profile", sample)} OR profile IN (SELECT number FROM sample_view))`;
}

/**
 * Some of all people: those with numbers from `from` up to, not including, `to`. Merges can give a person numbers of
 * several pieces, which is seldom; these people are left out there and are pieces of their own.
 */
export interface Piece {
  readonly from: number;
  readonly to: number;
  /** How many numbers each piece has, and the number of the last piece, which has no end. */
  readonly cut: { readonly size: number; readonly last: number };
  /**
   * Those with numbers of several pieces: `none` are there, the piece is `without` them, or it has `only` these, by the
   * number that they have now.
   */
  readonly across: "none" | "without" | "only";
}

/** People who have numbers of several pieces: the canonical ones. Reads `merge_view`. */
export function acrossSql({ size, last }: Piece["cut"]): string {
  const piece = (column: string) => `least(intDiv(${column}, ${assertNumber(size)}), ${assertNumber(last)})`;
  return `SELECT new FROM merge_view WHERE ${piece("old")} != ${piece("new")}`;
}

/**
 * The condition that a row stands in the piece by the number `profile`. Those of people who are left out may be among
 * them. The tables are sorted by profile, so that little else is read.
 */
function inPiece(piece: Piece): string {
  return piece.across === "only" ? "profile IN (SELECT number FROM across_view)" : inRange("profile", piece);
}

/** The same, without the rows of people who are left out. Reads `across_view`, which stands where a piece is asked for. */
export function exactlyInPiece(piece: Piece): string {
  return piece.across === "without"
    ? `${inPiece(piece)} AND profile NOT IN (SELECT number FROM across_view)`
    : inPiece(piece);
}

function inRange(column: string, { from, to }: Piece): string {
  return `${column} >= ${assertNumber(from)} AND ${column} < ${assertNumber(to)}`;
}

/**
 * The head of a statement over the data as of a snapshot: `WITH merge_view AS (…), …`, to be followed by `SELECT`.
 *
 * - `merge_view(old, new)` who was merged into whom
 * - `profile_view(profile)` the canonical profiles
 * - `attribute_view(attribute, profile, time, tie, arrival, is_null, text, number, moment, flag, list)`
 * - `event_view_<schema>(profile, type, time, arrival, c<n>…)`
 * - `identifier_view_<kind>(profile, value)` who owns a value now
 *
 * In all of them `profile` is canonical: an old number's rows belong to the profile that it was merged into. Of a
 * piece or a sample only `profile_view` is exact: the other rows may belong to people who are left out of it.
 *
 * @param own an operation that may see what it has written itself
 */
export function views(snapshot: Snapshot, needs: Needs, own?: number): Filter {
  const derived = visible(snapshot, undefined, own);
  const data = current(snapshot, undefined, own);
  const parameters: Record<string, number | readonly number[]> = { ...derived.parameters };
  const { piece, sample } = needs;
  const sampled = sample === undefined ? "" : ` AND ${inSample(sample)}`;
  const within = `${piece === undefined ? "" : ` AND ${inPiece(piece)}`}${sampled}`;
  const ctes = [
    `merge_view AS (
  SELECT old, ${latest("new")} AS new FROM profile_merge WHERE ${derived.sql} GROUP BY old
)`,
  ];
  if (piece !== undefined && piece.across !== "none") {
    const own = piece.across === "only" ? ` AND ${inRange("new", piece)}` : "";
    ctes.push(`across_view AS (
  SELECT arrayJoin([old, new]) AS number FROM merge_view WHERE new IN (${acrossSql(piece.cut)})${own}
)`);
  }
  if (sample !== undefined) {
    ctes.push(`sample_view AS (
  SELECT old AS number FROM merge_view WHERE ${inStretch("new", sample)}
)`);
  }
  if (needs.profiles) {
    const exactly = `${piece === undefined ? "" : ` AND ${exactlyInPiece(piece)}`}${sampled}`;
    ctes.push(`profile_view AS (
  SELECT profile FROM profile WHERE ${derived.sql} AND profile NOT IN (SELECT old FROM merge_view)${exactly}
)`);
  }
  if (needs.attributes !== undefined && needs.attributes.length > 0) {
    Object.assign(parameters, data.parameters, { view_attributes: needs.attributes });
    ctes.push(`attribute_view AS (
  SELECT attribute, ${canonical("a")} AS profile, time, tie, arrival, is_null, text, number, moment, flag, list
  FROM (
    SELECT attribute, profile, time, tie, arrival, is_null, text, number, moment, flag, list
    FROM attribute WHERE attribute IN {view_attributes:Array(UInt32)} AND ${data.sql}${within}
  ) AS a ${merged("a")}
)`);
  }
  for (const { schema, columns } of needs.events ?? []) {
    Object.assign(parameters, data.parameters);
    const names = ["type", "time", "arrival", ...columns.map(eventColumn)].join(", ");
    ctes.push(`event_view_${assertNumber(schema)} AS (
  SELECT ${canonical("e")} AS profile, ${names}
  FROM (SELECT profile, ${names} FROM ${eventTable(schema)} WHERE ${data.sql}${within}) AS e ${merged("e")}
)`);
  }
  for (const kind of needs.identifiers ?? []) {
    // Whoever owns a value now was given it by some row.
    const given =
      sample === undefined
        ? ""
        : ` AND value IN (SELECT value FROM identifier_of_profile WHERE kind = ${kind} AND ${derived.sql}${sampled})`;
    ctes.push(`identifier_view_${assertNumber(kind)} AS (
  SELECT ${canonical("i")} AS profile, value
  FROM (
    SELECT value, ${latest("profile")} AS profile
    FROM identifier WHERE kind = ${kind} AND ${derived.sql}${given} GROUP BY value HAVING profile != 0
  ) AS i ${merged("i")}
)`);
  }
  return { sql: `WITH ${ctes.join(",\n")}\n`, parameters };
}

/** The table of an Interaction schema's events. */
export function eventTable(schema: number): string {
  return `event_${assertNumber(schema)}`;
}

/** The column of an event table that holds a schema's column. */
export function eventColumn(catalogNumber: number): string {
  return `c${assertNumber(catalogNumber)}`;
}

// Numbers of definitions become names, and nothing else does.
function assertNumber(value: number): number {
  if (!Number.isInteger(value) || value < 0) throw new TypeError(`${value} is not a definition's number`);
  return value;
}

/**
 * The number of the row with the highest (arrival, step): 64, 32 and 32 bits that are compared as one, [m] for 1 M
 * rows in a third of the time of `argMax` over a tuple. Rows of equal arrival and step hold equal numbers.
 */
function latest(number: string): string {
  const key = `bitShiftLeft(toUInt128(arrival), 64) + bitShiftLeft(toUInt128(step), 32) + ${number}`;
  return `toUInt32(bitAnd(max(${key}), toUInt128(4294967295)))`;
}

function canonical(alias: string): string {
  return `if(m.new = 0, ${alias}.profile, m.new)`;
}

function merged(alias: string): string {
  return `LEFT ANY JOIN merge_view AS m ON m.old = ${alias}.profile`;
}
