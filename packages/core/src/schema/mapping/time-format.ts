/** The parts of a written time; a doubled letter is padded with zeros, a single one is not. */
const PARTS = {
  YYYY: { pattern: "[0-9]{4}", part: "year" },
  MM: { pattern: "[0-9]{2}", part: "month" },
  M: { pattern: "[0-9]{1,2}", part: "month" },
  DD: { pattern: "[0-9]{2}", part: "day" },
  D: { pattern: "[0-9]{1,2}", part: "day" },
  hh: { pattern: "[0-9]{2}", part: "hour" },
  h: { pattern: "[0-9]{1,2}", part: "hour" },
  mm: { pattern: "[0-9]{2}", part: "minute" },
  ss: { pattern: "[0-9]{2}", part: "second" },
  SSS: { pattern: "[0-9]{3}", part: "millisecond" },
} as const;

export type TimePart = (typeof PARTS)[keyof typeof PARTS]["part"];

const TOKEN = /YYYY|MM|M|DD|D|hh|h|mm|ss|SSS|[TZ]|[A-Za-z]+|[^A-Za-z]/gu;

/** Writes a time as a format says; the rest of the format stands for itself. */
export type TimeWriting = readonly (
  | { readonly part: TimePart; readonly width: number }
  | { readonly sign: string }
)[];

/** Reads a format such as `YYYY-MM`, by which times are written; it may name any parts, each as often as it likes. */
export function parseTimeWriting(format: string): TimeWriting | { readonly fault: string } {
  const written: TimeWriting[number][] = [];
  for (const [token] of format.matchAll(TOKEN)) {
    if (Object.hasOwn(PARTS, token)) {
      const row = PARTS[token as keyof typeof PARTS];
      written.push({ part: row.part, width: token.length });
    } else if (/^[A-Za-z]/.test(token) && token !== "T" && token !== "Z") {
      return { fault: noPart(token) };
    } else written.push({ sign: token });
  }
  return written;
}

export function timePartsFault(format: string): string | undefined {
  const parsed = parseTimeWriting(format);
  return "fault" in parsed ? parsed.fault : undefined;
}

function noPart(token: string): string {
  return `\`${token}\` is no part of a time; parts are ${Object.keys(PARTS).join(", ")}`;
}

export interface TimeFormat {
  /** A regular expression over the whole text, one group for each part; valid in RE2 and in JavaScript. */
  readonly pattern: string;
  /** Which part each group holds, in order. */
  readonly parts: readonly TimePart[];
}

/** Reads a format such as `DD.MM.YYYY hh:mm`; letters other than T and Z are parts, the rest stands for itself. */
export function parseTimeFormat(format: string): TimeFormat | { readonly fault: string } {
  const parts: TimePart[] = [];
  let pattern = "^";
  for (const [token] of format.matchAll(TOKEN)) {
    if (Object.hasOwn(PARTS, token)) {
      const row = PARTS[token as keyof typeof PARTS];
      if (parts.includes(row.part)) return { fault: `the format names the ${row.part} twice` };
      parts.push(row.part);
      pattern += `(${row.pattern})`;
    } else if (/^[A-Za-z]/.test(token) && token !== "T" && token !== "Z") {
      return { fault: noPart(token) };
    } else {
      pattern += token.replace(/[\\^$.*+?()[\]{}|]/gu, "\\$&");
    }
  }
  for (const part of ["year", "month", "day"] as const) {
    if (!parts.includes(part)) return { fault: `the format names no ${part}` };
  }
  return { pattern: `${pattern}$`, parts };
}

export function timeFormatFault(format: string): string | undefined {
  const parsed = parseTimeFormat(format);
  return "fault" in parsed ? parsed.fault : undefined;
}
