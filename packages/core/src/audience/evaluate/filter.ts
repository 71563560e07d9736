import type { PersonEvent } from "../person.ts";
import type { FilterKind, PropertyReference, ResolvedFilter } from "../resolved.ts";
import type { Value } from "../value.ts";
import { testHolds } from "../value-test.ts";
import type { Moment } from "../window.ts";

const FILTERS: {
  readonly [Kind in FilterKind]: (
    filter: ResolvedFilter<Kind>,
    event: PersonEvent,
    moment: Moment,
  ) => boolean;
} = {
  all: ({ of }, event, moment) => of.every((filter) => matchesFilter(filter, event, moment)),
  any: ({ of }, event, moment) => of.some((filter) => matchesFilter(filter, event, moment)),
  not: ({ of }, event, moment) => !matchesFilter(of, event, moment),
  property: ({ property, test }, event, moment) => testHolds(test, propertyOf(event, property), moment),
};

/** Whether an event passes the filter of a `did`. */
export function matchesFilter<Kind extends FilterKind>(
  filter: ResolvedFilter<Kind>,
  event: PersonEvent,
  moment: Moment,
): boolean {
  return FILTERS[filter.kind](filter, event, moment);
}

/** The value of a property of an event; undefined where it is missing. */
export function propertyOf(event: PersonEvent, { columns }: PropertyReference): Value | undefined {
  const own = columns.find(({ schema }) => schema === event.schema);
  return own === undefined ? undefined : event.values.get(own.column);
}
