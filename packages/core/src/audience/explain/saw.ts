import type { ColumnType } from "../../schema/schema.ts";
import { deedsOf } from "../evaluate/did.ts";
import { propertyOf } from "../evaluate/filter.ts";
import { currentEntry, type Person, type PersonEvent } from "../person.ts";
import type {
  FilterKind,
  MeasureKind,
  PropertyReference,
  ResolvedFilter,
  ResolvedMeasure,
  ResolvedRule,
  RuleKind,
} from "../resolved.ts";
import type { Value } from "../value.ts";
import { type Moment, spanBounds } from "../window.ts";
import { fixedText, PLACES } from "./fixed-text.ts";
import { measured } from "./measured.ts";

/** A value as it is shown: decimals and instants as text. */
export type ShownValue = string | boolean | readonly string[];

/** An event that counted, with the properties that the condition reads. */
export interface SeenEvent {
  /** Milliseconds UTC. */
  readonly time: number;
  readonly source: string | null;
  readonly properties: Readonly<Record<string, ShownValue>>;
}

/** What a condition looked at. Instants are milliseconds UTC; a time counts when `after < time <= upTo`. */
export type Saw =
  | {
      readonly of: "have";
      readonly attribute: string;
      readonly type: ColumnType;
      /** Null: there is none; see `cleared`. */
      readonly value: ShownValue | null;
      readonly cleared: boolean;
      readonly time: number | null;
      readonly source: string | null;
      /** Of a span of time that is asked for. */
      readonly after: number | null;
      readonly upTo: number | null;
    }
  | {
      readonly of: "did";
      readonly event: string;
      readonly after: number | null;
      readonly upTo: number;
      /** How many events count. */
      readonly count: number;
      /** What is measured over them, and what it comes to; null when none has a value. */
      readonly measure: MeasureKind;
      readonly measured: string | null;
      /** When the first or the last of all was, where that is asked. */
      readonly occurredAt: number | null;
      /** The newest of those that count. */
      readonly events: readonly SeenEvent[];
    }
  | { readonly of: "inAudience"; readonly id: string; readonly name: string }
  | { readonly of: "everyone" };

type LeafKind = Exclude<RuleKind, "all" | "any" | "not">;
const NEWEST = 10;

const LEAVES: {
  readonly [Kind in LeafKind]: (leaf: ResolvedRule<Kind>, person: Person, moment: Moment) => Saw;
} = {
  have: ({ attribute, type, numbers, test }, person, moment) => {
    const entry = currentEntry(person, numbers);
    const bounds = test.kind === "time" ? spanBounds(test.span, moment) : {};
    return {
      of: "have",
      attribute,
      type,
      value: entry === undefined || entry.value === null ? null : shownValue(entry.value),
      cleared: entry?.value === null,
      time: entry?.time ?? null,
      source: entry?.source ?? null,
      after: bounds.after ?? null,
      upTo: bounds.upTo ?? null,
    };
  },
  did: (did, person, moment) => {
    const { bounds, matching, within, occurredAt } = deedsOf(did, person, moment);
    // The first or the last of all may lie outside of the window, and shows why.
    const counting = did.occurrence === undefined ? within : matching;
    const newest = [...counting].sort((one, other) => other.time - one.time).slice(0, NEWEST);
    const properties = propertiesOf(did);
    return {
      of: "did",
      event: did.event,
      after: bounds.after ?? null,
      upTo: bounds.upTo,
      count: counting.length,
      measure: did.measure.kind,
      measured: measured(did.measure, counting),
      occurredAt: occurredAt ?? null,
      events: newest.map((event) => seenEvent(event, properties)),
    };
  },
  inAudience: ({ id, name }) => ({ of: "inAudience", id, name }),
  everyone: () => ({ of: "everyone" }),
};

/** What a condition of a rule looked at. */
export function sawOf<Kind extends LeafKind>(leaf: ResolvedRule<Kind>, person: Person, moment: Moment): Saw {
  return LEAVES[leaf.kind](leaf, person, moment);
}

function seenEvent(event: PersonEvent, properties: readonly PropertyReference[]): SeenEvent {
  const shown = properties.flatMap((property) => {
    const value = propertyOf(event, property);
    return value === undefined ? [] : [[property.name, shownValue(value)] as const];
  });
  return { time: event.time, source: event.source ?? null, properties: Object.fromEntries(shown) };
}

function shownValue(value: Value): ShownValue {
  if (typeof value === "bigint") return fixedText(value, PLACES);
  return typeof value === "number" ? new Date(value).toISOString() : value;
}

/** The properties that a condition reads: those that filter, and those that are measured. */
function propertiesOf({ where, measure }: ResolvedRule<"did">): readonly PropertyReference[] {
  const read = [
    ...(where === undefined ? [] : filtered(where)),
    ...MEASURED_PROPERTIES[measure.kind](measure),
  ];
  return [...new Map(read.map((property) => [property.name, property])).values()];
}

const FILTERS: {
  readonly [Kind in FilterKind]: (filter: ResolvedFilter<Kind>) => readonly PropertyReference[];
} = {
  all: ({ of }) => of.flatMap((filter) => filtered(filter)),
  any: ({ of }) => of.flatMap((filter) => filtered(filter)),
  not: ({ of }) => filtered(of),
  property: ({ property }) => [property],
};

function filtered<Kind extends FilterKind>(filter: ResolvedFilter<Kind>): readonly PropertyReference[] {
  return FILTERS[filter.kind](filter);
}

type PropertiesOf = (measure: ResolvedMeasure) => readonly PropertyReference[];
const factors: PropertiesOf = (measure) => ("factors" in measure ? measure.factors : []);
const MEASURED_PROPERTIES: Readonly<Record<MeasureKind, PropertiesOf>> = {
  count: () => [],
  distinct: (measure) => ("property" in measure ? [measure.property] : []),
  sum: factors,
  average: factors,
  minimum: factors,
  maximum: factors,
};
