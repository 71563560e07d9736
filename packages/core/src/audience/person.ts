import type { Value } from "./value.ts";
import { compareText } from "./value.ts";

/** One value that an attribute was given; `null` cleared it. Rows without a value leave no entry. */
export interface AttributeEntry {
  /** By which the latest is found: the mapping's time column, else the arrival's. Milliseconds UTC. */
  readonly time: number;
  readonly tie: string;
  readonly arrival: number;
  readonly value: Value | null;
  /** Where it came from, for whoever wants it explained. */
  readonly source?: string;
}

export interface PersonEvent {
  /** Number of the schema. */
  readonly schema: number;
  readonly type: string;
  /** Milliseconds UTC. */
  readonly time: number;
  /** Catalog number of the column → value; what is missing has no entry. */
  readonly values: ReadonlyMap<number, Value>;
  /** Where it came from, for whoever wants it explained. */
  readonly source?: string;
}

/** One unified person: what all numbers that were merged into the profile brought. */
export interface Person {
  /** Catalog number of the column → everything it was ever given, in any order. */
  readonly attributes: ReadonlyMap<number, readonly AttributeEntry[]>;
  readonly events: readonly PersonEvent[];
}

/** The value that the profile shows for an attribute: the latest by time, tie-break and arrival. */
export function currentValue(person: Person, numbers: readonly number[]): Value | undefined {
  return currentEntry(person, numbers)?.value ?? undefined;
}

/** What decides which value the profile shows, also when it cleared it; undefined where there never was one. */
export function currentEntry(person: Person, numbers: readonly number[]): AttributeEntry | undefined {
  const entries = numbers.flatMap((number) => person.attributes.get(number) ?? []);
  const [first, ...others] = entries;
  if (first === undefined) return undefined;
  return others.reduce((best, entry) => (isLater(entry, best) ? entry : best), first);
}

function isLater(entry: AttributeEntry, than: AttributeEntry): boolean {
  if (entry.time !== than.time) return entry.time > than.time;
  const ties = compareText(entry.tie, than.tie);
  return ties === 0 ? entry.arrival > than.arrival : ties > 0;
}
