import type { PersonEvent } from "../person.ts";
import type { FilterKind, PropertyReference, ResolvedFilter } from "../resolved.ts";
import type { Value } from "../value.ts";
import { testHolds } from "../value-test.ts";

const FILTERS: {
  readonly [Kind in FilterKind]: (filter: ResolvedFilter<Kind>, event: PersonEvent) => boolean;
} = {
  all: ({ of }, event) => of.every((filter) => matchesFilter(filter, event)),
  any: ({ of }, event) => of.some((filter) => matchesFilter(filter, event)),
  not: ({ of }, event) => !matchesFilter(of, event),
  property: ({ property, test }, event) => testHolds(test, propertyOf(event, property)),
};

/** Whether an event passes the filter of a `did`. */
export function matchesFilter<Kind extends FilterKind>(
  filter: ResolvedFilter<Kind>,
  event: PersonEvent,
): boolean {
  return FILTERS[filter.kind](filter, event);
}

/** The value of a property of an event; undefined where it is missing. */
export function propertyOf(event: PersonEvent, { columns }: PropertyReference): Value | undefined {
  const own = columns.find(({ schema }) => schema === event.schema);
  return own === undefined ? undefined : event.values.get(own.column);
}
