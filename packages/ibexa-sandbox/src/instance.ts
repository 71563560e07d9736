import { done, type Outcome, queued, refused, refusedOnRequest } from "./answer.ts";
import type { Settings } from "./config.ts";
import { History } from "./history.ts";
import type { MembershipChange, Message } from "./message.ts";
import { newSegment, type Segment } from "./segment.ts";
import { type IsUser, usersOf } from "./users.ts";

/** People whom a fault refuses in one request, and how. */
export interface ForcedRefusal {
  people: ReadonlySet<string>;
  httpStatus: number;
}

export interface Circumstances {
  /** Number of the request. */
  request: number;
  forced?: ForcedRefusal | undefined;
  /** Takes over a batch that is as large as the threshold. */
  enqueue: (changes: MembershipChange[]) => void;
}

export interface ChangeTotals {
  added: number;
  removed: number;
  /** Said again what held already. */
  unchanged: number;
  skipped: number;
}

const PERSON_ID_TYPE = "user-id";

/**
 * What the stand-in keeps of an Ibexa: segment groups, segments and people, and what each message does to them.
 * Checks come first and writing last, so a refused message has changed nothing.
 */
export class Instance {
  readonly groups: ReadonlyMap<string, { identifier: string; name: string }>;
  readonly segments = new Map<string, Segment>();
  readonly totals: ChangeTotals = { added: 0, removed: 0, unchanged: 0, skipped: 0 };
  readonly history: History | undefined;
  readonly #settings: Settings;
  readonly #isUser: IsUser;
  readonly #now: () => number;

  constructor(settings: Settings, now: () => number) {
    this.#settings = settings;
    this.#now = now;
    this.#isUser = usersOf(settings.users);
    this.groups = new Map(settings.segmentGroups.map((group) => [group.identifier, group]));
    this.history = settings.keepHistory ? new History() : undefined;
  }

  /** Does a well-formed message of an activation that is tied to `activationGroup`. */
  handle(message: Message, activationGroup: string, circumstances: Circumstances): Outcome {
    const group = message.segmentGroupIdentifier;
    if (!this.groups.has(group)) {
      return refused("unknownSegmentGroup", `There is no segment group "${group}".`);
    }
    if (group !== activationGroup) {
      const reason = `The segment group "${group}" does not belong to the activation of these credentials.`;
      return refused("foreignSegmentGroup", reason);
    }
    switch (message.updateType) {
      case "create":
        return this.#create(group, message.data.audienceId, message.data.audienceName);
      case "membershipChanges":
        return this.#changeMemberships(group, message.data.changes, circumstances);
      case "metadata":
        return this.#describe(group, message.data.changes);
      case "detach":
        return this.#detach(group, message.data.audienceId);
      case "heartbeat":
        return done(0);
    }
  }

  /** Does one change out of the queue. Says why it could not be done, undefined when it was. */
  applyQueued(group: string, change: MembershipChange, request: number): string | undefined {
    const segment = this.segments.get(change.audienceId);
    if (segment === undefined || segment.group !== group) return "unknownSegment";
    if (isForeignType(change)) return "unknownPersonIdType";
    if (!this.#isUser(change.personId)) {
      this.totals.skipped += 1;
      return "unknownPerson";
    }
    this.#write(segment, change, request, this.#now());
    return undefined;
  }

  /** The identifiers of the segments that a person is in. */
  segmentsOf(personId: string): string[] {
    const found: string[] = [];
    for (const segment of this.segments.values()) {
      if (segment.people.has(personId)) found.push(segment.identifier);
    }
    return found;
  }

  isUser(personId: string): boolean {
    return this.#isUser(personId);
  }

  #create(group: string, identifier: string, name: string): Outcome {
    const existing = this.segments.get(identifier);
    if (existing?.group === group) {
      return refused("segmentExists", `The segment "${identifier}" exists already.`);
    }
    if (existing !== undefined) {
      const reason = `The segment "${identifier}" exists in another segment group, "${existing.group}".`;
      return refused("segmentInOtherGroup", reason);
    }
    this.segments.set(identifier, newSegment(group, identifier, name, this.#now()));
    return done(1);
  }

  #changeMemberships(group: string, changes: MembershipChange[], circumstances: Circumstances): Outcome {
    const { forced } = circumstances;
    if (forced !== undefined) {
      const people = unique(changes.filter((change) => forced.people.has(change.personId)));
      if (people.length > 0)
        return refusedOnRequest(forced.httpStatus, reasonFor(people, changes.length), { people });
    }
    if (changes.length >= this.#settings.bulkAsyncThreshold) {
      circumstances.enqueue(changes);
      return queued(changes.length);
    }

    let segment: Segment | undefined;
    let foreignType: MembershipChange | undefined;
    let unknown: MembershipChange[] | undefined;
    for (const change of changes) {
      if (segment?.identifier !== change.audienceId) segment = this.segments.get(change.audienceId);
      if (segment === undefined || segment.group !== group) return unknownSegment(group, change.audienceId);
      if (isForeignType(change)) foreignType ??= change;
      if (!this.#isUser(change.personId)) {
        if (unknown === undefined) unknown = [change];
        else unknown.push(change);
      }
    }
    if (foreignType !== undefined) {
      const reason = `The personIdType "${foreignType.personIdType}" is not known; only "${PERSON_ID_TYPE}" is.`;
      return refused("unknownPersonIdType", reason);
    }
    if (unknown !== undefined && this.#settings.unknownUsers === "refuse") {
      const people = unique(unknown);
      return refused("unknownPerson", reasonFor(people, changes.length), { people: people.slice(0, 100) });
    }

    const now = this.#now();
    const skipped = new Set(unknown);
    for (const change of changes) {
      if (unknown !== undefined && skipped.has(change)) continue;
      if (segment?.identifier !== change.audienceId) segment = this.segments.get(change.audienceId);
      if (segment !== undefined) this.#write(segment, change, circumstances.request, now);
    }
    if (unknown === undefined) return done(changes.length);
    this.totals.skipped += unknown.length;
    const list = unique(unknown).map((personId) => ({ personId, reason: "no such user" }));
    return done(changes.length - unknown.length, list);
  }

  #write(segment: Segment, change: MembershipChange, request: number, now: number): void {
    const { personId, membership } = change;
    const changed = membership ? segment.people.add(personId) : segment.people.delete(personId);
    if (!changed) this.totals.unchanged += 1;
    else if (membership) this.totals.added += 1;
    else this.totals.removed += 1;
    if (changed) segment.updatedAt = now;
    this.history?.record(segment.identifier, personId, request, membership, changed);
  }

  #describe(group: string, changes: { key: string; propertyName: string; value: string }[]): Outcome {
    for (const { key } of changes) {
      if (this.segments.get(key)?.group !== group) return unknownSegment(group, key);
    }
    const now = this.#now();
    for (const { key, propertyName, value } of changes) {
      const segment = this.segments.get(key);
      if (segment === undefined) continue;
      segment.properties.set(propertyName, value);
      if (propertyName === "name" && value !== "") segment.name = value;
      segment.updatedAt = now;
    }
    return done(changes.length);
  }

  #detach(group: string, identifier: string): Outcome {
    const segment = this.segments.get(identifier);
    if (segment === undefined || segment.group !== group) return unknownSegment(group, identifier);
    if (this.#settings.onDetach === "delete") this.segments.delete(identifier);
    if (this.#settings.onDetach === "empty") {
      segment.people.clear();
      segment.updatedAt = this.#now();
    }
    return done(1);
  }
}

function isForeignType(change: MembershipChange): boolean {
  return change.personIdType !== undefined && change.personIdType !== PERSON_ID_TYPE;
}

function unknownSegment(group: string, identifier: string): Outcome {
  return refused("unknownSegment", `There is no segment "${identifier}" in the segment group "${group}".`);
}

function reasonFor(people: string[], changes: number): string {
  const batch = changes === 1 ? "The change names" : `The batch of ${changes} changes names`;
  const who = people.length === 1 ? "a person who is no user" : `${people.length} people who are no users`;
  return `${batch} ${who} here. Nothing of it was done.`;
}

function unique(changes: readonly MembershipChange[]): string[] {
  return [...new Set(changes.map((change) => change.personId))];
}
