import { timeFormatFault } from "../time-format.ts";
import { ANY, constantText, type FunctionRow, plain, SINGLE } from "./row.ts";
import { zoneFault } from "./zone.ts";

/** From one type to another. */
export const CONVERSIONS = {
  text: {
    ...plain(
      [
        "text(x)",
        "anything but a list: `17850`, `true`, `2024-05-31T14:00:00.000Z`",
        "text(17850.00)",
        "17850",
      ],
      ["text"],
      "text",
    ),
    accepts: () => SINGLE,
  },
  number: {
    ...plain(
      [
        "number(x)",
        "digits with an optional sign and an optional point. Numbers are decimals, exact, with at most 12 digits before and 6 behind the point. No exponent, no separator of thousands, no spaces, no NaN or infinity",
        'number("-12.50")',
        "-12.5",
      ],
      ["text"],
      "number",
    ),
    accepts: () => ["text", "number"],
  },
  boolean: {
    ...plain(
      ["boolean(x)", "`true`, `false`, `1`, `0`; upper and lower case", 'boolean("TRUE")', "true"],
      ["text"],
      "boolean",
    ),
    accepts: () => ["text", "boolean"],
  },
  time: {
    form: 'time(x), time(x, "DD.MM.YYYY hh:mm") or time(x, "DD.MM.YYYY hh:mm", "Europe/Copenhagen")',
    meaning:
      "ISO 8601, without a zone UTC: `2024-05-31`, `2024-05-31 14:00`, `2024-05-31T14:00:00.250+02:00`; or a time written just as the [format](#formats-of-times) says, by the clock of the zone, or UTC. Milliseconds are kept, what is behind them is dropped. Years 1900 to 2299",
    example: ['time("31.5.2024 14:00", "D.M.YYYY hh:mm", "Europe/Copenhagen")', "2024-05-31T12:00:00.000Z"],
    least: 1,
    most: 3,
    accepts: (index) => (index === 0 ? ["text", "time"] : ["text"]),
    result: (args) => {
      const [value, format, zone] = args;
      if (format === undefined) return "time";
      const written = constantText(format);
      if (written === undefined) return { fault: "the format of `time` is a constant text" };
      if (value?.type === "time") return { fault: "a format is for texts; this is a time already" };
      const fault = timeFormatFault(written) ?? (zone === undefined ? undefined : zoneFault(zone));
      return fault === undefined ? "time" : { fault };
    },
  },
  list: {
    ...plain(
      [
        "list(x)",
        "a list of a [nested row](#nested-rows); one value is a list of one",
        'list("tea")',
        '["tea"]',
      ],
      ["text"],
      "list",
    ),
    accepts: () => ["text", "list"],
  },
} as const satisfies Record<string, FunctionRow>;

/** Choosing between values. */
export const CHOICES = {
  if: {
    form: "if(condition, then, else)",
    meaning: "one of two values of one type; the other is not looked at",
    example: ['if(2 > 1, "yes", "no")', "yes"],
    least: 3,
    most: 3,
    accepts: (index) => (index === 0 ? ["boolean"] : ANY),
    result: (args) => together(args.slice(1)),
  },
  coalesce: {
    form: "coalesce(x, y, …)",
    meaning: "the first that is not missing; those behind it are not looked at",
    example: ['coalesce(null, "tea")', "tea"],
    least: 2,
    most: 20,
    accepts: () => ANY,
    result: (args) => together(args),
  },
} as const satisfies Record<string, FunctionRow>;

/** The one type of several values of which any may be the result. */
function together(args: Parameters<FunctionRow["result"]>[0]): ReturnType<FunctionRow["result"]> {
  const known = args.find((arg) => arg.type !== "nothing");
  if (known === undefined) return "nothing";
  const other = args.find((arg) => arg.type !== "nothing" && arg.type !== known.type);
  if (other === undefined) return known.type;
  return { fault: `the results are of different types: ${known.type} and ${other.type}` };
}
