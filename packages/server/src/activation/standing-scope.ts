import type { ActivationAudience } from "../store/activation-audiences.ts";
import { groupedBy } from "../store/grouped.ts";
import type { RemovalHold } from "../store/removal-holds.ts";
import type { Store } from "../store/store.ts";
import type { LoadedActivation } from "./activation-source.ts";
import type { AudienceChecks } from "./audiences.ts";
import { blockOf } from "./held-people.ts";
import { memoryOf } from "./link.ts";
import type { StandingScope, StandingScopes } from "./standing.ts";

/** No identifier has this number: nobody is known by it. */
const NO_IDENTIFIER = 0;

/** An activation with what it carries. */
export interface Carrying extends Pick<LoadedActivation, "number" | "definition"> {
  readonly links: readonly ActivationAudience[];
}

/** So many members are compared in one statement at most, since memory goes with them; those of one activation always are. */
const MEMBERS_AT_ONCE = 2_000_000;

/** Whose people in which segments an activation is about, as of what is published now. */
export async function standingScope(
  { store, audiences }: { readonly store: Store; readonly audiences: AudienceChecks },
  activation: Pick<LoadedActivation, "number" | "definition">,
  links: readonly ActivationAudience[],
): Promise<StandingScope> {
  const identifier = await store.definitions.get("identifier", activation.definition.personIdentifier);
  const snapshot = await store.operations.snapshot();
  const holds = await store.removalHolds.active(activation.definition.id);
  const of = segmentsOf({ ...activation, links }, holds);
  return {
    ...of,
    excluded: identifier === undefined ? [] : await store.personDeletions.excluded(identifier.number),
    people: audiences.membersAndPersons(snapshot, of.linked, identifier?.number ?? NO_IDENTIFIER),
  };
}

/**
 * The same of several activations: together those that know people by the same identifier, as many as one statement
 * compares.
 *
 * @param holds by the activation's id
 * @param sizes how many members an audience has, about
 */
export async function standingScopes(
  { store, audiences }: { readonly store: Store; readonly audiences: AudienceChecks },
  activations: readonly Carrying[],
  holds: ReadonlyMap<string, readonly RemovalHold[]>,
  sizes: (audienceId: string) => number,
): Promise<StandingScopes[]> {
  const numbers = new Map((await store.definitions.list("identifier")).map(({ id, number }) => [id, number]));
  const snapshot = await store.operations.snapshot();
  const byIdentifier = groupedBy(
    activations,
    ({ definition }) => numbers.get(definition.personIdentifier) ?? NO_IDENTIFIER,
  );
  const scopes: StandingScopes[] = [];
  for (const [identifier, knowing] of byIdentifier) {
    const excluded = identifier === NO_IDENTIFIER ? [] : await store.personDeletions.excluded(identifier);
    for (const together of cut(knowing, sizes)) {
      const of = together.map((one) => segmentsOf(one, holds.get(one.definition.id) ?? []));
      const linked = [...new Set(of.flatMap((one) => one.linked))];
      scopes.push({ of, excluded, people: audiences.membersAndPersons(snapshot, linked, identifier) });
    }
  }
  return scopes;
}

function cut(activations: readonly Carrying[], sizes: (audienceId: string) => number): Carrying[][] {
  const pieces: Carrying[][] = [];
  let free = 0;
  for (const one of activations) {
    const members = one.links.reduce((sum, { audienceId }) => sum + sizes(audienceId), 0);
    const piece = pieces.at(-1);
    if (piece === undefined || members > free) {
      pieces.push([one]);
      free = MEMBERS_AT_ONCE - members;
    } else {
      piece.push(one);
      free -= members;
    }
  }
  return pieces;
}

function segmentsOf(
  { number, links }: Carrying,
  holds: readonly RemovalHold[],
): StandingScopes["of"][number] {
  const of = (status: ActivationAudience["status"]) =>
    links.filter((link) => link.status === status).map(({ audienceId }) => audienceId);
  const linked = of("linked");
  return {
    activation: number,
    linked,
    takingOut: of("takingOut"),
    held: holds
      .filter(({ state, audienceId }) => state !== "approved" && linked.includes(audienceId))
      .map(blockOf),
  };
}

/** The links whose segment the destination has. */
export function attachedLinks(links: readonly ActivationAudience[]): ActivationAudience[] {
  return links.filter((link) => memoryOf(link).attached);
}
