import { constantText, constantWhole } from "../functions/row.ts";
import { isTimeUnit, type TIMES, type TimeUnit } from "../functions/time.ts";
import { parseTimeWriting, type TimePart } from "../time-format.ts";
import type { Typed } from "../typed.ts";
import { NUMBER_SQL } from "./cast.ts";
import { type Compiled, present, strict } from "./compiled.ts";
import type { FunctionSql } from "./function-sql.ts";
import { textLiteral } from "./literal.ts";

/** A time's part by the clock of a zone; the value may be NULL. */
const PART_SQL = {
  year: (x, zone) => `toYear(${x}, ${zone})`,
  month: (x, zone) => `toMonth(${x}, ${zone})`,
  day: (x, zone) => `toDayOfMonth(${x}, ${zone})`,
  hour: (x, zone) => `toHour(${x}, ${zone})`,
  minute: (x, zone) => `toMinute(${x}, ${zone})`,
  second: (x, zone) => `toSecond(${x}, ${zone})`,
  millisecond: (x) => `toMillisecond(${x})`,
} as const satisfies Record<TimePart, (x: string, zone: string) => string>;

/** The beginning of a unit. Of years to days from the calendar's numbers, since the engine's own leaves out 1900 to 1969. */
const START_SQL: Record<TimeUnit, (x: string, zone: string) => string> = {
  year: (x, zone) => midnight(x, zone, "1", "1"),
  quarter: (x, zone) => midnight(x, zone, `toQuarter(${x}, ${zone}) * 3 - 2`, "1"),
  month: (x, zone) => midnight(x, zone, `toMonth(${x}, ${zone})`, "1"),
  week: (x, zone) => `subtractDays(${START_SQL.day(x, zone)}, toDayOfWeek(${x}, 0, ${zone}) - 1)`,
  day: (x, zone) => midnight(x, zone, `toMonth(${x}, ${zone})`, `toDayOfMonth(${x}, ${zone})`),
  hour: (x, zone) =>
    `subtractMilliseconds(${x}, toMinute(${x}, ${zone}) * 60000 + toSecond(${x}, ${zone}) * 1000 + toMillisecond(${x}))`,
  minute: (x, zone) => `subtractMilliseconds(${x}, toSecond(${x}, ${zone}) * 1000 + toMillisecond(${x}))`,
  second: (x) => `subtractMilliseconds(${x}, toMillisecond(${x}))`,
};

function midnight(x: string, zone: string, month: string, day: string): string {
  return `makeDateTime64(toYear(${x}, ${zone}), ${month}, ${day}, 0, 0, 0, 0, 3, ${zone})`;
}

const ADD_SQL = {
  year: "addYears",
  quarter: "addQuarters",
  month: "addMonths",
  week: "addWeeks",
  day: "addDays",
  hour: "addHours",
  minute: "addMinutes",
  second: "addSeconds",
} as const satisfies Record<TimeUnit, string>;

/** A literal of a zone's name, which the checker knows. */
function zoneOf(typed: Typed | undefined): string {
  return textLiteral(constantText(typed) ?? "UTC");
}

function unitOf(typed: Typed | undefined): TimeUnit {
  const unit = constantText(typed);
  if (!isTimeUnit(unit)) throw new Error("the checker lets only known units through");
  return unit;
}

function partOf(sql: (x: string, zone: string) => string): FunctionSql {
  return ([x], [, zone]) => strict("number", [x], `toDecimal64(${sql(x.value, zoneOf(zone))}, 6)`);
}

/** A time that may lie outside the years that can be held: it is refused, never wrong. */
function within(x: Compiled, name: string, sql: string): Compiled {
  const value = `toTimeZone(${sql}, 'UTC')`;
  const result = strict("time", [x], value);
  if (x.type === "nothing") return result;
  const bound = (year: number) => `toDateTime64('${year}-01-01 00:00:00', 3, 'UTC')`;
  const outside = {
    when: `(${present(x)} AND ifNull(${value} < ${bound(1900)} OR ${value} >= ${bound(2299)}, 0))`,
    column: x.column,
    reason: `'the result of ${name} is outside the years 1900 to 2298'`,
  };
  return { ...result, faults: [...result.faults, outside] };
}

export const TIME_FUNCTION_SQL: Record<keyof typeof TIMES, FunctionSql> = {
  year: partOf(PART_SQL.year),
  month: partOf(PART_SQL.month),
  day: partOf(PART_SQL.day),
  weekday: partOf((x, zone) => `toDayOfWeek(${x}, 0, ${zone})`),
  hour: partOf(PART_SQL.hour),
  minute: partOf(PART_SQL.minute),
  startOf: ([x], [, unit, zone]) => within(x, "startOf", START_SQL[unitOf(unit)](x.value, zoneOf(zone))),
  add: ([x], [, count, unit, zone]) =>
    within(
      x,
      "add",
      `${ADD_SQL[unitOf(unit)]}(toTimeZone(${x.value}, ${zoneOf(zone)}), ${constantWhole(count)})`,
    ),
  difference: ([x, y = x], [, , unit, zone]) =>
    strict(
      "number",
      [x, y],
      `CAST(age('${unitOf(unit)}', ${x.value}, ${y.value}, ${zoneOf(zone)}), '${x.nullable || y.nullable ? `Nullable(${NUMBER_SQL})` : NUMBER_SQL}')`,
    ),
  formatTime: ([x], [, format, zone]) => {
    const written = parseTimeWriting(constantText(format) ?? "");
    if ("fault" in written) throw new Error("the checker lets only valid formats through");
    const parts = written.map((piece) =>
      "sign" in piece
        ? textLiteral(piece.sign)
        : padded(PART_SQL[piece.part](x.value, zoneOf(zone)), piece.width),
    );
    return strict("text", [x], `concat('', ${parts.join(", ") || "''"})`);
  },
};

function padded(number: string, width: number): string {
  return width === 1 ? `toString(${number})` : `leftPad(toString(${number}), ${width}, '0')`;
}
