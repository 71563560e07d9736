import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

// Who should be in four of the audiences, by plain code over the lines of the file: nothing here comes from the
// product. Times of the file are compared as the texts that they are, for they all have one shape.

interface Line {
  readonly person: string;
  readonly invoice: string;
  readonly product: string;
  readonly description: string;
  readonly quantity: number;
  /** `2011-12-09 12:50:00` */
  readonly time: string;
  /** In thousandths, of which the file has whole ones only. */
  readonly price: number;
  readonly country: string;
}

/**
 * The people of each audience as of 2011-12-10 00:00 in UTC, by id of the audience.
 *
 * @param file the data set, a gzipped CSV
 */
export function plainMembers(file: string): ReadonlyMap<string, ReadonlySet<string>> {
  const lines = linesOf(gunzipSync(readFileSync(file)).toString("utf8"));
  const people = new Map<string, Line[]>();
  for (const line of lines) {
    const own = people.get(line.person);
    if (own === undefined) people.set(line.person, [line]);
    else own.push(line);
  }
  const members = (isMember: (lines: readonly Line[]) => boolean) =>
    new Set([...people].filter(([, own]) => isMember(own)).map(([person]) => person));
  return new Map([
    ["0a71c005", members(isNew)],
    ["0a71c006", members(shopsForChristmas)],
    ["0a71c007", members((own) => spendsMuch(own) && countryOf(own) !== "United Kingdom")],
    ["0a71c008", members(orderedLastAYearAgo)],
  ]);
}

/** The first purchase lies within the last 90 days. */
function isNew(lines: readonly Line[]): boolean {
  const times = bought(lines).map(({ time }) => time);
  return times.length > 0 && times.every((time) => time > "2011-09-11 00:00:00");
}

/** Five different Christmas products from September to November, those whose code begins with 22 left out. */
function shopsForChristmas(lines: readonly Line[]): boolean {
  const products = bought(lines).filter(
    ({ description, product, time }) =>
      /christmas/i.test(description) &&
      !/^22/.test(product) &&
      time >= "2011-09-01 00:00:00" &&
      time < "2011-12-01 00:00:00",
  );
  return new Set(products.map(({ product }) => product)).size >= 5;
}

/** 5,000 within 365 days. */
function spendsMuch(lines: readonly Line[]): boolean {
  const thousandths = bought(lines)
    .filter(({ time }) => time > "2010-12-10 00:00:00")
    .reduce((sum, { quantity, price }) => sum + quantity * price, 0);
  return thousandths >= 5_000_000;
}

/** The country of the latest line; between lines of one second, of the largest invoice. */
function countryOf(lines: readonly Line[]): string | undefined {
  const latest = lines.toSorted(
    (left, right) => byText(right.time, left.time) || byText(right.invoice, left.invoice),
  );
  return latest[0]?.country;
}

/** The last line, be it a return, is of 10 to 24 December; none is of the last half year. */
function orderedLastAYearAgo(lines: readonly Line[]): boolean {
  const last =
    lines
      .map(({ time }) => time)
      .toSorted(byText)
      .at(-1) ?? "";
  const monthAndDay = last.slice(5, 10);
  return monthAndDay >= "12-10" && monthAndDay <= "12-24" && last <= "2011-06-10 00:00:00";
}

function bought(lines: readonly Line[]): readonly Line[] {
  return lines.filter(({ quantity }) => quantity > 0);
}

function byText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function linesOf(text: string): readonly Line[] {
  const lines: Line[] = [];
  for (const cells of cellsOf(text)) {
    const [
      invoice = "",
      product = "",
      description = "",
      quantity,
      time = "",
      price,
      customer = "",
      country = "",
    ] = cells;
    if (customer === "" || customer === "CustomerID") continue;
    lines.push({
      person: String(Number(customer)),
      invoice,
      product,
      description,
      quantity: Number(quantity),
      time,
      price: Math.round(Number(price) * 1000),
      country,
    });
  }
  return lines;
}

/** A CSV with quotes where they are needed, line by line. */
function* cellsOf(text: string): Generator<readonly string[]> {
  let cells: string[] = [];
  // A quoted cell with doubled quotes, or a bare one; then what ends it.
  for (const [, quoted, bare = "", end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    cells.push(quoted?.replaceAll('""', '"') ?? bare);
    if (end === ",") continue;
    if (cells.length > 1) yield cells;
    cells = [];
  }
}
