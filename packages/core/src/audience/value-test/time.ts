import { anniversaryRanges, hasAnniversary } from "../anniversary.ts";
import { boundsSql } from "../compile/bounds.ts";
import { EARLIEST_TIME, LATEST_TIME, yearOf } from "../time-point.ts";
import type { TestRow } from "../value-test.ts";
import { liesWithin, spanBounds } from "../window.ts";

/** A time within a span whose bounds are computed here, and not by the engine's calendar. */
export const timeRow: TestRow<"time"> = {
  sql: ({ span }, value, { bind, moment }) => boundsSql(value, spanBounds(span, moment), bind),
  holds: ({ span }, value, moment) =>
    typeof value === "number" && liesWithin(value, spanBounds(span, moment)),
};

/**
 * The ranges of all years are bound as two lists, of which each row looks at three entries: a time lies in the range
 * that begins in its year by UTC, in the one before (which may end in this year), or, as zones begin their year
 * earlier, in the next.
 */
export const anniversaryRow: TestRow<"anniversary"> = {
  sql: ({ days }, value, { bind, moment }) => {
    const firstYear = yearOf(EARLIEST_TIME) - 1;
    const ranges = anniversaryRanges(days, moment, firstYear, yearOf(LATEST_TIME) + 1);
    if (ranges === undefined) return undefined;
    const from = bind("Array(Int64)", ranges.from);
    const to = bind("Array(Int64)", ranges.to);
    const time = `toUnixTimestamp64Milli(${value})`;
    const within = [-1, 0, 1].map((step) => {
      const at = `toYear(${value}) - ${firstYear - 1 - step}`;
      return `(${time} >= arrayElement(${from}, ${at}) AND ${time} < arrayElement(${to}, ${at}))`;
    });
    return `(${within.join(" OR ")})`;
  },
  holds: ({ days }, value, moment) => typeof value === "number" && hasAnniversary(value, days, moment),
};
