import { PersonSet } from "./person-set.ts";

/** A segment as Ibexa keeps it: made by `create`, filled by `membershipChanges`, described by `metadata`. */
export interface Segment {
  identifier: string;
  group: string;
  name: string;
  /** The latest value of every property that a `metadata` message named. */
  properties: Map<string, string>;
  people: PersonSet;
  /** Milliseconds since 1970. */
  createdAt: number;
  updatedAt: number;
}

/** A segment as the state shows it, without its people. Times are ISO 8601 in UTC. */
export interface SegmentView {
  identifier: string;
  group: string;
  name: string;
  /** People who are in it here; `properties.size` is what the sender says. */
  size: number;
  properties: Record<string, string>;
  createdAt: string;
  updatedAt: string;
}

export function newSegment(group: string, identifier: string, name: string, now: number): Segment {
  return {
    identifier,
    group,
    name,
    properties: new Map(),
    people: new PersonSet(),
    createdAt: now,
    updatedAt: now,
  };
}

export function viewOf(segment: Segment): SegmentView {
  return {
    identifier: segment.identifier,
    group: segment.group,
    name: segment.name,
    size: segment.people.size,
    properties: Object.fromEntries(segment.properties),
    createdAt: new Date(segment.createdAt).toISOString(),
    updatedAt: new Date(segment.updatedAt).toISOString(),
  };
}
