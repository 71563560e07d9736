import type { WindowForm } from "./did-window.ts";
import type { MeasureName } from "./measure.ts";
import type { OperatorName } from "./operator.ts";
import type { Occurrence } from "./resolved.ts";
import type { NodeKind } from "./rule.ts";
import type { WindowUnit } from "./window.ts";

/** The words of rules as people read them, in sentences here and on the pages. */
export const RULE_LABELS = {
  node: {
    all: "all of",
    any: "any of",
    not: "not",
    have: "have",
    did: "did",
    inAudience: "in the audience",
    everyone: "everyone",
  },
  opposite: {
    all: "not all of",
    any: "none of",
    have: "not",
    did: "did not",
    inAudience: "not in the audience",
    everyone: "nobody",
  },
  operator: {
    is: "is",
    isNot: "is not",
    isAnyOf: "is any of",
    isNoneOf: "is none of",
    contains: "contains",
    doesNotContain: "does not contain",
    startsWith: "starts with",
    endsWith: "ends with",
    lessThan: "is less than",
    atMost: "is at most",
    moreThan: "is more than",
    atLeast: "is at least",
    between: "is between",
    before: "is before",
    onOrBefore: "is on or before",
    after: "is after",
    onOrAfter: "is on or after",
    withinLast: "is within the last",
    moreThanAgo: "is more ago than",
    inNext: "is in the next",
    anniversaryWithin: "has its anniversary within",
    containsAny: "contains any of",
    containsAll: "contains all of",
    isEmpty: "is empty",
    isSet: "is set",
  },
  notSet: "is not set",
  measure: {
    count: "number of times",
    distinct: "number of different values",
    sum: "sum",
    average: "average",
    minimum: "minimum",
    maximum: "maximum",
  },
  window: {
    last: "within the last",
    between: "between",
    before: "before",
    after: "after",
  },
  occurrence: {
    first: "for the first time",
    last: "for the last time",
  },
  unit: {
    hours: ["hour", "hours"],
    days: ["day", "days"],
    weeks: ["week", "weeks"],
    months: ["month", "months"],
  },
} as const satisfies {
  readonly node: Readonly<Record<NodeKind, string>>;
  /** Each node behind a `not`. */
  readonly opposite: Readonly<Record<Exclude<NodeKind, "not">, string>>;
  readonly operator: Readonly<Record<OperatorName, string>>;
  /** `isSet: false` */
  readonly notSet: string;
  readonly measure: Readonly<Record<MeasureName, string>>;
  readonly window: Readonly<Record<WindowForm, string>>;
  readonly occurrence: Readonly<Record<Occurrence, string>>;
  readonly unit: Readonly<Record<WindowUnit, readonly [one: string, many: string]>>;
};
