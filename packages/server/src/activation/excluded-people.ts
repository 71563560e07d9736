import type { Engine } from "../engine/index.ts";
import type { IdentifierValue, Store } from "../store/index.ts";
import { activationsWithLinks } from "./known-activations.ts";
import { KEPT_MS } from "./retention.ts";

interface Planes {
  readonly store: Store;
  readonly engine: Engine;
}

/** A segment that still has a person who is to be deleted, or perhaps. */
export interface StillIn {
  readonly activation: { readonly id: string; readonly name: string };
  readonly audience: { readonly id: string; readonly name: string };
  /** What it waits for. */
  readonly because: "toBeSent" | "refused" | "paused";
  /** What the destination said last, if it refused. */
  readonly answer: string | null;
}

/** Where somebody is still in, or may be, by what destinations have answered. */
export async function stillIn(
  { store, engine }: Planes,
  identifiers: readonly IdentifierValue[],
): Promise<StillIn[]> {
  const names = new Map((await store.definitions.list("audience")).map(({ id, body }) => [id, body.name]));
  const found: StillIn[] = [];
  for (const { id, number, body, state } of await activationsWithLinks(store)) {
    const people = await peopleOf(store, body.personIdentifier, identifiers);
    const carried = (await store.activationAudiences.of(id)).flatMap(({ audienceId, status }) =>
      status === "test" ? [] : [audienceId],
    );
    if (people.length === 0 || carried.length === 0) continue;
    const parameters = { ex_activation: number, ex_people: people, ex_carried: carried };
    const where = `activation = {ex_activation:UInt32} AND person_id IN {ex_people:Array(String)}
      AND audience IN {ex_carried:Array(String)}`;
    const [held, refused] = await Promise.all([
      engine.query<{ of: string }>(
        `SELECT of FROM (
          SELECT toString(audience) AS of, argMax(state, version) AS last FROM delivery_state
          WHERE ${where} GROUP BY audience, person_id
        ) WHERE last != 'out' GROUP BY of ORDER BY of`,
        parameters,
      ),
      engine.query<{ of: string; said: string }>(
        `SELECT of, any(last) AS said FROM (
          SELECT toString(audience) AS of, argMax(reason, version) AS last, argMax(attempts, version) AS times,
            argMax(membership, version) AS wanted
          FROM delivery_refusal WHERE ${where} GROUP BY audience, person_id
        ) WHERE times > 0 AND wanted = 0 GROUP BY of`,
        parameters,
      ),
    ]);
    const answers = new Map(refused.map(({ of, said }) => [of, said]));
    for (const { of } of held) {
      const answer = answers.get(of) ?? null;
      const paused = body.state === "paused" && state === "live";
      found.push({
        activation: { id, name: body.name },
        audience: { id: of, name: names.get(of) ?? of },
        because: paused ? "paused" : answer === null ? "toBeSent" : "refused",
        answer,
      });
    }
  }
  return found;
}

/** Forgets what was sent about somebody, and what destinations hold of them. May be repeated. */
export async function forgetSent(
  { store, engine }: Planes,
  identifiers: readonly IdentifierValue[],
  now: number,
): Promise<void> {
  for (const { id, number, body } of await activationsWithLinks(store)) {
    const people = await peopleOf(store, body.personIdentifier, identifiers);
    if (people.length === 0) continue;
    const runs = await store.runs.startedSince(id, now - 2 * KEPT_MS);
    const planned = await engine.query<{ run: number; epoch: number; n: number }>(
      `SELECT toUInt64(run) AS run, epoch, n FROM plan_change
      WHERE run IN {ex_runs:Array(UInt64)} AND person_id IN {ex_people:Array(String)}`,
      { ex_runs: runs, ex_people: people },
    );
    await engine.command(
      `ALTER TABLE delivery_request UPDATE answer = ''
      WHERE activation = {ex_activation:UInt32} AND arrayExists(person -> position(answer, person) > 0, {ex_people:Array(String)})
        AND arrayExists(
          (of, at, n) -> of = run AND at = epoch AND n >= first_n AND n <= last_n,
          {ex_of:Array(UInt64)}, {ex_at:Array(UInt32)}, {ex_n:Array(UInt32)}
        )
      SETTINGS mutations_sync = 1`,
      {
        ex_activation: number,
        ex_people: people,
        ex_of: planned.map(({ run }) => run),
        ex_at: planned.map(({ epoch }) => epoch),
        ex_n: planned.map(({ n }) => n),
      },
    );
    await engine.command(
      `ALTER TABLE plan_change DELETE WHERE run IN {ex_runs:Array(UInt64)} AND person_id IN {ex_people:Array(String)}
      SETTINGS mutations_sync = 1`,
      { ex_runs: runs, ex_people: people },
    );
    for (const table of ["delivery_state", "delivery_refusal"]) {
      await engine.command(
        `ALTER TABLE ${table} DELETE
        WHERE activation = {ex_activation:UInt32} AND person_id IN {ex_people:Array(String)}
        SETTINGS mutations_sync = 1`,
        { ex_activation: number, ex_people: people },
      );
    }
  }
}

/** As the destinations of an activation know the person. */
async function peopleOf(
  store: Store,
  identifier: string,
  identifiers: readonly IdentifierValue[],
): Promise<string[]> {
  const known = await store.definitions.get("identifier", identifier);
  return identifiers.flatMap(([kind, value]) => (kind === known?.number ? [value] : []));
}
