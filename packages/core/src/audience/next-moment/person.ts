import { matchesFilter, propertyOf } from "../evaluate/filter.ts";
import { currentValue, type Person, type PersonEvent } from "../person.ts";
import type { Value } from "../value.ts";
import { liesWithin, type Moment } from "../window.ts";
import type { EventWatch, Watch } from "./watch.ts";

/** The times of one person that a watch looks at; milliseconds UTC. */
export function watchedTimes(watch: Watch, person: Person, moment: Moment): readonly number[] {
  const values =
    watch.kind === "attribute"
      ? [currentValue(person, watch.numbers)]
      : eventValues(watch, person.events, moment);
  return values.filter((value) => typeof value === "number");
}

function eventValues(
  watch: EventWatch,
  events: readonly PersonEvent[],
  moment: Moment,
): readonly (Value | undefined)[] {
  const { value } = watch;
  const found = events.filter(
    (event) =>
      event.type === watch.event &&
      watch.schemas.includes(event.schema) &&
      liesWithin(event.time, watch.within) &&
      (watch.where === undefined || matchesFilter(watch.where, event, moment)),
  );
  if (typeof value === "object") return found.map((event) => propertyOf(event, value));
  const times = found.map(({ time }) => time).sort((left, right) => left - right);
  if (value === "time") return times;
  return value === "first" ? times.slice(0, 1) : times.slice(-1);
}
