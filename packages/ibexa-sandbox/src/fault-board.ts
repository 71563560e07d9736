import { isObject } from "./checker.ts";
import { type FaultSpec, readFaultSpec } from "./fault.ts";
import type { ForcedRefusal } from "./instance.ts";
import { randomFrom } from "./random.ts";

/** The faults that take the place of the answer. */
export type AnswerFault = Exclude<FaultSpec, { kind: "latency" | "refusePeople" }>;

/** How long a fault holds a request back. */
export interface Latency {
  ms: number;
  /** Aborted when the fault is taken away: it holds nothing back any more. */
  removed: AbortSignal;
}

/** What the faults do to one request. */
export interface Decision {
  /** Numbers of the faults that take part. */
  faults: number[];
  /** One after the other. */
  latencies: Latency[];
  forced: ForcedRefusal | undefined;
  answer: AnswerFault | undefined;
}

export interface FaultView {
  number: number;
  spec: FaultSpec;
  /** Requests that it hit so far. */
  hits: number;
  active: boolean;
}

/** What faults go by in a message; read without trusting its form, since broken messages are hit too. */
interface Facts {
  action: unknown;
  audiences: ReadonlySet<unknown>;
  people: ReadonlySet<unknown>;
  changes: number;
}

interface Entry {
  number: number;
  spec: FaultSpec;
  hits: number;
  /** Matching requests so far, hit or not. */
  seen: number;
  random: () => number;
  removal: AbortController;
}

/** The faults that were asked for. Decides for each request in their order; nothing in it is left to chance. */
export class FaultBoard {
  readonly #entries: Entry[] = [];
  #numbers = 0;
  #active = 0;

  /** False as long as no fault is waiting, so that the common request is not looked at. */
  get active(): boolean {
    return this.#active > 0;
  }

  /** Adds a fault and gives its number. Throws FaultSpecError. */
  add(value: unknown): number {
    const spec = readFaultSpec(value);
    this.#numbers += 1;
    const random = randomFrom(spec.seed ?? this.#numbers);
    const removal = new AbortController();
    this.#entries.push({ number: this.#numbers, spec, hits: 0, seen: 0, random, removal });
    this.#active += 1;
    return this.#numbers;
  }

  /** True when there was one of that number. */
  remove(number: number): boolean {
    const entry = this.#entries.find((one) => one.number === number);
    if (entry === undefined) return false;
    this.#entries.splice(this.#entries.indexOf(entry), 1);
    this.#count();
    entry.removal.abort();
    return true;
  }

  clear(): void {
    const entries = this.#entries.splice(0);
    this.#count();
    for (const { removal } of entries) removal.abort();
  }

  list(): FaultView[] {
    return this.#entries.map((entry) => ({
      number: entry.number,
      spec: entry.spec,
      hits: entry.hits,
      active: !isSpent(entry),
    }));
  }

  /** Decides what happens to a message. Latencies add up; of the faults that answer, the first one does. */
  decide(message: unknown): Decision {
    const facts = factsOf(message);
    const decision: Decision = { faults: [], latencies: [], forced: undefined, answer: undefined };
    for (const entry of this.#entries) {
      const { spec } = entry;
      const taken =
        spec.kind === "refusePeople"
          ? decision.forced !== undefined
          : spec.kind !== "latency" && decision.answer !== undefined;
      if (taken || isSpent(entry) || !matches(spec, facts) || !strikes(entry)) continue;
      entry.hits += 1;
      decision.faults.push(entry.number);
      if (spec.kind === "latency") {
        const ms = spec.ms + Math.floor(entry.random() * ((spec.toMs ?? spec.ms) - spec.ms + 1));
        decision.latencies.push({ ms, removed: entry.removal.signal });
      } else if (spec.kind === "refusePeople") {
        decision.forced = { people: new Set(spec.people), httpStatus: spec.status ?? 422 };
      } else {
        decision.answer = spec;
      }
    }
    if (decision.faults.length > 0) this.#count();
    return decision;
  }

  #count(): void {
    this.#active = this.#entries.filter((entry) => !isSpent(entry)).length;
  }
}

function isSpent(entry: Entry): boolean {
  return entry.spec.times !== undefined && entry.hits >= entry.spec.times;
}

function strikes(entry: Entry): boolean {
  entry.seen += 1;
  if (entry.seen <= (entry.spec.skip ?? 0)) return false;
  return entry.spec.probability === undefined || entry.random() < entry.spec.probability;
}

function matches(spec: FaultSpec, facts: Facts): boolean {
  if (spec.kind === "refusePeople") {
    if (!spec.people.some((person) => facts.people.has(person))) return false;
    if (spec.company === "alone" && facts.changes !== 1) return false;
    if (spec.company === "together" && facts.changes === 1) return false;
  }
  const { match = {} } = spec;
  if (match.action !== undefined && ![match.action].flat().some((action) => action === facts.action))
    return false;
  if (match.audience !== undefined && !facts.audiences.has(match.audience)) return false;
  if (match.person !== undefined && !facts.people.has(match.person)) return false;
  return match.minChanges === undefined || facts.changes >= match.minChanges;
}

function factsOf(message: unknown): Facts {
  const audiences = new Set<unknown>();
  const people = new Set<unknown>();
  if (!isObject(message)) return { action: undefined, audiences, people, changes: 0 };
  const data = isObject(message["data"]) ? message["data"] : {};
  const changes = Array.isArray(data["changes"]) ? data["changes"] : [];
  audiences.add(data["audienceId"]);
  for (const change of changes) {
    if (!isObject(change)) continue;
    audiences.add(change["audienceId"] ?? change["key"]);
    people.add(change["personId"]);
  }
  return { action: message["updateType"], audiences, people, changes: changes.length };
}
