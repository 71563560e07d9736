import { parseTimeFormat } from "../time-format.ts";
import type { Compiled } from "./compiled.ts";
import { textLiteral } from "./literal.ts";

/** SQL type of `number`: 12 digits before and 6 behind the point, exact. */
export const NUMBER_SQL = "Decimal(18, 6)";
/** SQL type of `time`: an instant in milliseconds. */
export const TIME_SQL = "DateTime64(3, 'UTC')";

/** Cells are quoted in reasons so that a person finds them; long ones are cut. */
function quoted(value: string): string {
  return `concat('"', substringUTF8(assumeNotNull(${value}), 1, 80), '"')`;
}

/** Zeros in front and behind the sixth place say nothing, so they are no fault. */
const NUMBER_PATTERN = "^[+-]?[0-9]+(?:\\.[0-9]{1,6}0*)?$";

/**
 * Digits with a point; no exponent, no separator of thousands, no space: nothing is guessed. The pattern is asked
 * apart from the reading: `match` needs no groups and takes a third of the time that `extract` does (1 M cells in
 * 0.10 s instead of 0.33 s).
 */
export function numberOfText(operand: Compiled): Compiled {
  const text = operand.value;
  const value = `if(match(${text}, ${textLiteral(NUMBER_PATTERN)}), toDecimal64OrNull(${text}, 6), NULL)`;
  return cast(operand, "number", value, [
    "multiIf(",
    `match(${text}, ${textLiteral("(?i)^[+-]?(nan|inf|infinity)$")}), ' is not a number that can be counted with', `,
    `match(${text}, ${textLiteral("^[+-]?[0-9]+\\.[0-9]{7,}$")}), ' has more than 6 digits behind the point', `,
    `match(${text}, ${textLiteral("^[+-]?[0-9]+(\\.[0-9]+)?$")}), ' is beyond ±999999999999.999999', `,
    `${text} = '', ' is empty, where a number is expected', `,
    "' is not a number (such as -12.50)')",
  ]);
}

export function booleanOfText(operand: Compiled): Compiled {
  const value = `transform(lower(${operand.value}), ['true', '1', 'false', '0'], [1, 1, 0, 0], NULL)`;
  return cast(operand, "boolean", value, ["' is neither true, false, 1 nor 0'"]);
}

/** A date, or a date and a time with or without seconds, fraction and zone; years that the engine can hold. */
export const ISO_PATTERN =
  "^(?:19[0-9]{2}|2[0-2][0-9]{2})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])" +
  "(?:[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\\.[0-9]{1,9})?)?" +
  "(?:Z|[+-](?:0[0-9]|1[0-4]):?[0-5][0-9])?)?$";

/** `parseDateTime64BestEffort` alone would guess; the pattern leaves it nothing to guess. It refuses 30 February. */
function instant(text: string, zone = "UTC"): string {
  const parsed = `parseDateTime64BestEffortOrNull(${text}, 3, ${textLiteral(zone)})`;
  return `if(match(${text}, ${textLiteral(ISO_PATTERN)}), ${zone === "UTC" ? parsed : `toTimeZone(${parsed}, 'UTC')`}, NULL)`;
}

/** ISO 8601; without a zone it is UTC; digits behind the millisecond are dropped. */
export function timeOfText(operand: Compiled): Compiled {
  return cast(operand, "time", instant(operand.value), [
    "' is not a time (such as 2024-05-31, 2024-05-31 14:00:00 or 2024-05-31T14:00:00Z)'",
  ]);
}

/** A time as the format spells it, by the clock of a zone. */
export function timeByFormat(operand: Compiled, format: string, zone: string): Compiled {
  const parsed = parseTimeFormat(format);
  if ("fault" in parsed) throw new Error("the checker lets only valid formats through");
  const groups = `extractGroups(ifNull(${operand.value}, ''), ${textLiteral(parsed.pattern)})`;
  const written = [
    ["year", "", 4],
    ["month", "-", 2],
    ["day", "-", 2],
    ["hour", " ", 2],
    ["minute", ":", 2],
    ["second", ":", 2],
    ["millisecond", ".", 3],
  ] as const;
  const parts = written.map(([part, mark, width]) => {
    const group = parsed.parts.indexOf(part) + 1;
    return `'${mark}', ${group === 0 ? `'${"0".repeat(width)}'` : `leftPad(g[${group}], ${width}, '0')`}`;
  });
  const iso = `arrayMap(g -> if(empty(g), '', concat(${parts.join(", ")})), [${groups}])[1]`;
  return cast(operand, "time", instant(iso, zone), [`' is not a time written as ${safe(format)}'`]);
}

export function textOf(operand: Compiled): Compiled {
  const forms = {
    text: (value: string) => value,
    nothing: () => "CAST(NULL, 'Nullable(String)')",
    number: (value: string) => `toString(${value})`,
    boolean: (value: string) => `transform(${value}, [0, 1], ['false', 'true'], NULL)`,
    list: (value: string) => value,
    time: (value: string) => `concat(replaceOne(toString(${value}), ' ', 'T'), 'Z')`,
  };
  const nullable = operand.nullable || operand.type === "boolean";
  return { ...operand, type: "text", value: forms[operand.type](operand.value), nullable };
}

/** `reason` is SQL text that follows the quoted cell. */
function cast(operand: Compiled, type: Compiled["type"], value: string, reason: readonly string[]): Compiled {
  const there = operand.nullable ? `isNotNull(${operand.value}) AND ` : "";
  const site = {
    when: `(${there}isNull(${value}))`,
    column: operand.column,
    reason: `concat(${quoted(operand.value)}, ${reason.join("")})`,
  };
  return { ...operand, type, value, nullable: true, faults: [...operand.faults, site] };
}

/** A text inside a literal that is put together by hand. */
function safe(text: string): string {
  return textLiteral(text).slice(1, -1);
}
