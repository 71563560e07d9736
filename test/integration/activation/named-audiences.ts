import {
  type AudienceChecks,
  type AudienceStanding,
  firstChanges,
  membersAndPersons,
  type Store,
} from "@peregrine/server";
import type { TestEngine } from "../harness/engine.ts";

interface Planes {
  readonly engine: TestEngine["engine"];
  readonly store: Store;
}

/**
 * Audiences whose members a test names. It writes memberships and identifiers the way evaluations and imports
 * do: rows under an operation that is published after them.
 */
export class NamedAudiences implements AudienceChecks {
  readonly #planes: Planes;
  readonly #wanted = new Map<string, ReadonlySet<number>>();
  readonly #written = new Map<string, ReadonlySet<number>>();
  readonly #standing = new Map<string, AudienceStanding>();
  #arrival = 0;
  identifier = 0;

  constructor(planes: Planes) {
    this.#planes = planes;
  }

  /** The members at the next evaluation, by profile. */
  set(audienceId: string, profiles: Iterable<number>): void {
    this.#wanted.set(audienceId, new Set(profiles));
  }

  /** From now on these profiles are known by these values of `userid`. */
  async know(values: Iterable<readonly [profile: number, value: string]>): Promise<void> {
    await this.#publish("import", async (op) => {
      const rows = [...values].map(([profile, value]) => [
        op,
        this.identifier,
        value,
        profile,
        this.#next(),
        0,
      ]);
      await this.#planes.engine.insert(
        "identifier",
        ["op", "kind", "value", "profile", "arrival", "step"],
        rows,
      );
    });
  }

  /** `old` becomes part of `into`. */
  async merge(old: number, into: number): Promise<void> {
    await this.#publish("import", async (op) => {
      const columns = ["op", "old", "new", "arrival", "step"];
      await this.#planes.engine.insert("profile_merge", columns, [[op, old, into, this.#next(), 0]]);
    });
  }

  async evaluate(audienceIds: readonly string[], asOf: number) {
    const changed = new Set<string>();
    const sequence = await this.#publish("evaluation", async (op) => {
      const rows = audienceIds.flatMap((id) => {
        const wanted = this.#wanted.get(id) ?? new Set();
        const written = this.#written.get(id) ?? new Set();
        this.#written.set(id, wanted);
        const joined = [...wanted].filter((profile) => !written.has(profile));
        const left = [...written].filter((profile) => !wanted.has(profile));
        const at = new Date(0).toISOString();
        if (joined.length + left.length > 0) changed.add(id);
        return [
          ...joined.map((profile) => [op, id, profile, 1, op, at]),
          ...left.map((profile) => [op, id, profile, 0, op, at]),
        ];
      });
      const columns = ["op", "audience", "profile", "member", "sequence", "at"];
      if (rows.length > 0) await this.#planes.engine.insert("membership", columns, rows);
    });
    const publication = await this.#planes.store.operations.publication();
    for (const id of audienceIds) {
      const before = this.#standing.get(id)?.changedBy ?? 0;
      const changedBy = changed.has(id) ? publication : before;
      const size = this.#written.get(id)?.size ?? 0;
      this.#standing.set(id, { checkedAt: asOf, changedBy, size, error: null });
    }
    const counts = new Map(audienceIds.map((id) => [id, { size: this.#wanted.get(id)?.size ?? 0 }]));
    return { sequence, counts, failed: [] };
  }

  /** The rule could not be evaluated at the last check. */
  fail(audienceId: string, error: NonNullable<AudienceStanding["error"]>): void {
    const { checkedAt = 0, changedBy = 0, size = 0 } = this.#standing.get(audienceId) ?? {};
    this.#standing.set(audienceId, { checkedAt, changedBy, size, error });
  }

  async standing(audienceIds: readonly string[]) {
    return new Map([...this.#standing].filter(([id]) => audienceIds.includes(id)));
  }

  async firstChanges(asked: Parameters<AudienceChecks["firstChanges"]>[0]) {
    return firstChanges(this.#planes.engine, await this.#planes.store.operations.snapshot(), asked);
  }

  membersAndPersons(...given: Parameters<AudienceChecks["membersAndPersons"]>) {
    return membersAndPersons(...given);
  }

  /** By the last evaluation: what a test names has no rule. */
  async membersNow(audiences: readonly string[], _: number, identifier: number) {
    return membersAndPersons(await this.#planes.store.operations.snapshot(), audiences, identifier);
  }

  async #publish(kind: "import" | "evaluation", write: (op: number) => Promise<void>): Promise<number> {
    const { operations } = this.#planes.store;
    const op = await operations.open(kind, "test", 0);
    await write(op);
    await operations.publish(op);
    return op;
  }

  #next(): number {
    this.#arrival += 1;
    return this.#arrival;
  }
}
