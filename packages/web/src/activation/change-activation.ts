import { api, dataOf } from "../api/client.ts";
import type { ShownActivation } from "./queries.ts";

/** What becomes of the people of audiences that are taken off: they leave their segments first, or stay in them. */
export type PeopleChoice = "takeOut" | "leave";

type Patch = Partial<
  Pick<ShownActivation, "name" | "description" | "settings" | "audiences" | "guard" | "state">
>;

/**
 * Saves an activation with some of it changed; all else, and secrets that aren't named, stay as they are.
 *
 * @param version that is saved over: refused (`savedMeanwhile`) when somebody else saved another since
 */
export async function changeActivation(
  activation: ShownActivation,
  patch: Patch,
  query: { readonly people?: PeopleChoice; readonly destination?: "same" | "different" } = {},
  version = activation.version,
): Promise<ShownActivation> {
  const {
    kind: _,
    id,
    version: __,
    origin: ___,
    secrets: ____,
    warnings: _____,
    oldestUnsentAt: ______,
    ...definition
  } = activation;
  const { description = "", ...others } = { ...definition, ...patch };
  // A description that was emptied is none.
  const body = { ...others, ...(description === "" ? {} : { description }) };
  return dataOf(
    await api.PUT("/api/v1/activations/{id}", {
      params: { path: { id }, query: { ...query, version } },
      body,
    }),
  );
}
