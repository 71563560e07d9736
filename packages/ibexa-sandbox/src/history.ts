/** One membership change that was done, and by which request. */
export interface HistoryEntry {
  request: number;
  membership: boolean;
  /** False where the person was in (or out) already. */
  changed: boolean;
}

/**
 * Everything that was done to each person in each segment, in the order of doing, so that a test can prove what
 * never happened. Grows without bound; a segment's history outlives the segment.
 */
export class History {
  readonly #segments = new Map<string, Map<string, number[]>>();

  record(segment: string, personId: string, request: number, membership: boolean, changed: boolean): void {
    let people = this.#segments.get(segment);
    if (people === undefined) {
      people = new Map();
      this.#segments.set(segment, people);
    }
    // One number instead of an object: a million entries are common here.
    const entry = request * 4 + (changed ? 2 : 0) + (membership ? 1 : 0);
    const entries = people.get(personId);
    if (entries === undefined) people.set(personId, [entry]);
    else entries.push(entry);
  }

  of(segment: string, personId: string): HistoryEntry[] {
    return (this.#segments.get(segment)?.get(personId) ?? []).map(unpack);
  }

  *all(): Generator<{ segment: string; personId: string; entries: HistoryEntry[] }> {
    for (const [segment, people] of this.#segments) {
      for (const [personId, entries] of people) yield { segment, personId, entries: entries.map(unpack) };
    }
  }
}

function unpack(entry: number): HistoryEntry {
  return {
    request: Math.floor(entry / 4),
    membership: entry % 2 === 1,
    changed: Math.floor(entry / 2) % 2 === 1,
  };
}
