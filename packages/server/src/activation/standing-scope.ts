import type { ActivationAudience } from "../store/activation-audiences.ts";
import type { Store } from "../store/store.ts";
import type { LoadedActivation } from "./activation-source.ts";
import type { AudienceChecks } from "./audiences.ts";
import { blockOf } from "./held-people.ts";
import { memoryOf } from "./link.ts";
import type { StandingScope } from "./standing.ts";

/** No identifier has this number: nobody is known by it. */
const NO_IDENTIFIER = 0;

/** Whose people in which segments an activation is about, as of what is published now. */
export async function standingScope(
  { store, audiences }: { readonly store: Store; readonly audiences: AudienceChecks },
  activation: Pick<LoadedActivation, "number" | "definition">,
  links: readonly ActivationAudience[],
): Promise<StandingScope> {
  const of = (status: ActivationAudience["status"]) =>
    links.filter((link) => link.status === status).map(({ audienceId }) => audienceId);
  const linked = of("linked");
  const identifier = await store.definitions.get("identifier", activation.definition.personIdentifier);
  const snapshot = await store.operations.snapshot();
  const holds = await store.removalHolds.active(activation.definition.id);
  return {
    activation: activation.number,
    linked,
    takingOut: of("takingOut"),
    held: holds
      .filter(({ state, audienceId }) => state !== "approved" && linked.includes(audienceId))
      .map(blockOf),
    excluded: identifier === undefined ? [] : await store.personDeletions.excluded(identifier.number),
    people: audiences.membersAndPersons(snapshot, linked, identifier?.number ?? NO_IDENTIFIER),
  };
}

/** The links whose segment the destination has. */
export function attachedLinks(links: readonly ActivationAudience[]): ActivationAudience[] {
  return links.filter((link) => memoryOf(link).attached);
}
