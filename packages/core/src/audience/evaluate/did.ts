import type { Person, PersonEvent } from "../person.ts";
import type { ResolvedRule } from "../resolved.ts";
import { type Bounds, boundsOf, liesWithin, type Moment } from "../window.ts";
import { matchesFilter } from "./filter.ts";
import { measureHolds } from "./measure.ts";

/** What a `did` finds of a person. */
export interface Deeds {
  readonly holds: boolean;
  readonly bounds: Bounds;
  /** All events that pass the filter up to the moment, whatever the window. */
  readonly matching: readonly PersonEvent[];
  /** Those of them that lie in the window. */
  readonly within: readonly PersonEvent[];
  /** When the first or the last of all was, where that is asked; ms UTC. */
  readonly occurredAt: number | undefined;
}

/** Decides a `did` and tells by what. */
export function deedsOf(did: ResolvedRule<"did">, person: Person, moment: Moment): Deeds {
  const matching = person.events.filter((event) => matches(event, did, moment));
  const bounds = boundsOf(did.window, moment);
  const within = matching.filter(({ time }) => liesWithin(time, bounds));
  if (did.occurrence === undefined) {
    return { holds: measureHolds(did.measure, within), bounds, matching, within, occurredAt: undefined };
  }
  const earlier = did.occurrence === "first";
  const occurredAt = matching
    .map(({ time }) => time)
    .reduce<number | undefined>(
      (found, time) => (found === undefined || time < found === earlier ? time : found),
      undefined,
    );
  const holds = occurredAt !== undefined && liesWithin(occurredAt, bounds);
  return { holds, bounds, matching, within, occurredAt };
}

/** Whether an event is of the kind and has happened, whatever the window. */
function matches(event: PersonEvent, did: ResolvedRule<"did">, moment: Moment): boolean {
  return (
    event.type === did.event &&
    did.schemas.includes(event.schema) &&
    event.time <= moment.asOf &&
    (did.where === undefined || matchesFilter(did.where, event, moment))
  );
}
