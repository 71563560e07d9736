import { isAtLeastOnce } from "../compile/measure.ts";
import type { FilterKind, PropertyReference, ResolvedFilter, ResolvedRule, RuleKind } from "../resolved.ts";
import type { TestFields, ValueTest } from "../value-test.ts";
import { boundsOf, type Moment, type SpanBounds, spanBounds, type Window } from "../window.ts";
import { lowerBound, type MovingBound, movingBounds, NOW } from "./moving-bound.ts";

/**
 * When a value changes what is decided of it by time alone: when a bound reaches it, or at some midnight, where the
 * calendar decides.
 */
export type Change = MovingBound | "midnight";

/** The values that a profile shows for an attribute. */
export interface AttributeWatch {
  readonly kind: "attribute";
  /** Catalog numbers of its columns. */
  readonly numbers: readonly number[];
  readonly change: Change;
}

/** Values of the events that a `did` looks at. */
export interface EventWatch {
  readonly kind: "event";
  readonly event: string;
  readonly schemas: readonly number[];
  readonly where?: ResolvedFilter | undefined;
  /** Where the time of the events lies. */
  readonly within: SpanBounds;
  /** The time of each, of the first or the last of each person, or a property of each. */
  readonly value: "time" | "first" | "last" | PropertyReference;
  readonly change: Change;
}

export type Watch = AttributeWatch | EventWatch;

const TEST_CHANGES: {
  readonly [Kind in keyof TestFields]: (test: ValueTest<Kind>) => readonly Change[];
} = {
  present: () => [],
  text: () => [],
  textPart: () => [],
  number: () => [],
  boolean: () => [],
  list: () => [],
  emptyList: () => [],
  time: ({ span }) => movingBounds(span),
  anniversary: () => ["midnight"],
};

/** What time alone changes of a test of one value. */
function changesOf<Kind extends keyof TestFields>(test: ValueTest<Kind>): readonly Change[] {
  return TEST_CHANGES[test.kind](test);
}

interface PropertyChange {
  readonly property: PropertyReference;
  readonly change: Change;
}

const FILTER_CHANGES: {
  readonly [Kind in FilterKind]: (filter: ResolvedFilter<Kind>) => readonly PropertyChange[];
} = {
  all: ({ of }) => of.flatMap((filter) => filterChanges(filter)),
  any: ({ of }) => of.flatMap((filter) => filterChanges(filter)),
  not: ({ of }) => filterChanges(of),
  property: ({ property, test }) => changesOf(test).map((change) => ({ property, change })),
};

function filterChanges<Kind extends FilterKind>(filter: ResolvedFilter<Kind>): readonly PropertyChange[] {
  return FILTER_CHANGES[filter.kind](filter);
}

type WatchesOf<Kind extends RuleKind> = (
  rule: ResolvedRule<Kind>,
  moment: Moment,
  seen: Set<ResolvedRule>,
) => readonly Watch[];

const NODES: { readonly [Kind in RuleKind]: WatchesOf<Kind> } = {
  all: ({ of }, moment, seen) => of.flatMap((rule) => within(rule, moment, seen)),
  any: ({ of }, moment, seen) => of.flatMap((rule) => within(rule, moment, seen)),
  not: ({ of }, moment, seen) => within(of, moment, seen),
  everyone: () => [],
  have: ({ numbers, test }) =>
    changesOf(test).map((change) => ({ kind: "attribute" as const, numbers, change })),
  did: (did, moment) => didWatches(did, moment),
  inAudience: ({ of }, moment, seen) => {
    if (seen.has(of)) return [];
    seen.add(of);
    return within(of, moment, seen);
  },
};

/** All values that can change by time alone what a rule decides, from the moment on. */
export function watchesOf(rule: ResolvedRule, moment: Moment): readonly Watch[] {
  return within(rule, moment, new Set());
}

function within<Kind extends RuleKind>(
  rule: ResolvedRule<Kind>,
  moment: Moment,
  seen: Set<ResolvedRule>,
): readonly Watch[] {
  return NODES[rule.kind](rule, moment, seen);
}

function didWatches(did: ResolvedRule<"did">, moment: Moment): readonly Watch[] {
  const { event, schemas, where, window } = did;
  const of = { kind: "event" as const, event, schemas };
  const changes = where === undefined ? [] : filterChanges(where);
  // What a later event will be when it happens is not known while its properties are looked at by the clock.
  const filter = where === undefined || changes.length > 0 ? {} : { where };
  const coming: Watch = { ...of, ...filter, within: comingBounds(did, moment), value: "time", change: NOW };
  const looked = did.occurrence === undefined ? boundsOf(window, moment) : { upTo: moment.asOf };
  const properties = changes.map(
    ({ property, change }): Watch => ({ ...of, within: looked, value: property, change }),
  );
  return [coming, ...properties, ...leavingWatches(did, moment)];
}

/** Where events lie that have not happened yet and will count when they do. */
function comingBounds({ window, occurrence }: ResolvedRule<"did">, moment: Moment): SpanBounds {
  const fixed = isFixed(window) && occurrence === undefined ? spanBounds(window, moment) : {};
  return { ...fixed, after: Math.max(moment.asOf, fixed.after ?? moment.asOf) };
}

function isFixed(window: Window): window is Exclude<Window, { kind: "ever" | "within" }> {
  return window.kind !== "ever" && window.kind !== "within";
}

/** Only "within the last N" is left again. Where one event is enough, a person leaves with the last of theirs. */
function leavingWatches(did: ResolvedRule<"did">, moment: Moment): readonly Watch[] {
  const { event, schemas, where, window, occurrence } = did;
  if (window.kind !== "within") return [];
  const change = lowerBound(window.last, window.unit);
  const value = occurrence ?? (isAtLeastOnce(did.measure) ? "last" : "time");
  const bounds = value === "first" ? { upTo: moment.asOf } : boundsOf(window, moment);
  return [{ kind: "event", event, schemas, where, within: bounds, value, change }];
}
