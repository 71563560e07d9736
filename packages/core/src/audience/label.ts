import type { MeasureName } from "./measure.ts";
import type { OperatorName } from "./operator.ts";
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
    everyone: "everyone",
  },
  operator: {
    is: "is",
    isNot: "is not",
    isAnyOf: "is any of",
    lessThan: "is less than",
    atMost: "is at most",
    moreThan: "is more than",
    atLeast: "is at least",
    between: "is between",
    isSet: "is set",
  },
  measure: {
    count: "number of times",
    distinct: "number of different values",
    sum: "sum",
    average: "average",
    minimum: "minimum",
    maximum: "maximum",
  },
  unit: {
    hours: ["hour", "hours"],
    days: ["day", "days"],
    weeks: ["week", "weeks"],
    months: ["month", "months"],
  },
} as const satisfies {
  readonly node: Readonly<Record<NodeKind, string>>;
  readonly operator: Readonly<Record<OperatorName, string>>;
  readonly measure: Readonly<Record<MeasureName, string>>;
  readonly unit: Readonly<Record<WindowUnit, readonly [one: string, many: string]>>;
};
