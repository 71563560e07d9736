import { audiencesNamed } from "@peregrine/core";
import { useQuery } from "@tanstack/react-query";
import { activationsQuery, type ShownActivation } from "../activation/queries.ts";
import { type AudienceView, audiencesQuery } from "./queries.ts";

/** Where an audience is used. */
export interface Usage {
  readonly activations: readonly ShownActivation[];
  /** Audiences whose rules name it. */
  readonly audiences: readonly AudienceView[];
}

/** Where each audience is used, by its id; those that aren't used have no entry. */
export function usages(
  audiences: readonly AudienceView[],
  activations: readonly ShownActivation[],
): ReadonlyMap<string, Usage> {
  const found = new Map<string, { activations: ShownActivation[]; audiences: AudienceView[] }>();
  const of = (id: string) => {
    const known = found.get(id) ?? { activations: [], audiences: [] };
    found.set(id, known);
    return known;
  };
  for (const activation of activations) {
    for (const id of activation.audiences) of(id).activations.push(activation);
  }
  for (const audience of audiences) {
    for (const id of audiencesNamed(audience.rule)) of(id).audiences.push(audience);
  }
  return found;
}

const UNUSED: Usage = { activations: [], audiences: [] };

/** Where one audience is used; undefined as long as it isn't known. */
export function useUsage(id: string): Usage | undefined {
  const { data: audiences } = useQuery(audiencesQuery);
  const { data: activations } = useQuery(activationsQuery);
  if (audiences === undefined || activations === undefined) return undefined;
  return usages(audiences, activations).get(id) ?? UNUSED;
}
