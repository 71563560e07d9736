import type { ActivationDefinition } from "@peregrine/core";
import type { Answers, Note } from "../definition/index.ts";
import type { Engine } from "../engine/index.ts";
import type { Store } from "../store/index.ts";
import { memoryOf } from "./link.ts";

/**
 * What becomes of the people of audiences that an activation carries no more.
 *
 * @param kept ids of the audiences that it goes on to carry
 * @param people what was answered; taken out unless told otherwise
 */
export async function leavingNotes(
  { store, engine }: { readonly store: Store; readonly engine: Engine },
  { id }: ActivationDefinition,
  kept: ReadonlySet<string>,
  people: NonNullable<Answers["people"]>,
): Promise<readonly Note[]> {
  const record = await store.definitions.get("activation", id);
  const leaving = (await store.activationAudiences.of(id)).filter(
    (link) => link.status === "linked" && !kept.has(link.audienceId) && memoryOf(link).attached,
  );
  if (record === undefined || leaving.length === 0) return [];
  const audiences = leaving.map(({ audienceId }) => audienceId);
  const rows = await engine.query<{ readonly id: string; readonly held: number }>(
    `SELECT toString(audience) AS id, toUInt32(count()) AS held FROM (
      SELECT audience, person_id FROM delivery_state
      WHERE activation = {ln_activation:UInt32} AND audience IN {ln_audiences:Array(String)}
      GROUP BY audience, person_id HAVING argMax(state, version) != 'out'
    ) GROUP BY audience`,
    { ln_activation: record.number, ln_audiences: audiences },
  );
  const held = new Map(rows.map((row) => [row.id, row.held]));
  const names = new Map((await store.definitions.list("audience")).map((one) => [one.id, one.body.name]));
  return audiences.map((audience) => {
    const count = held.get(audience) ?? 0;
    const whose = `the segment of “${names.get(audience) ?? audience}”`;
    const who = count === 1 ? "1 person" : `${count.toLocaleString("en")} people`;
    const message =
      people === "takeOut"
        ? `${who} ${count === 1 ? "is" : "are"} taken out of ${whose} first; then it is detached. To leave them there, answer \`people: leave\` (\`--people leave\`).`
        : `${who} ${count === 1 ? "stays" : "stay"} in ${whose}: they keep seeing its content, and nothing updates them.`;
    return { path: "/audiences", message };
  });
}
