import type { components } from "../api.gen.ts";
import { dataOf } from "../client.ts";
import type { Session } from "../session.ts";

type Kind = components["schemas"]["DefinitionRecord"]["kind"];

export interface DeleteOptions {
  readonly people: "takeOut" | "leave" | undefined;
  /** Do it; otherwise it is only checked. */
  readonly yes: boolean;
}

/** Deletes one definition, unless others need it; without `yes` only says whether that can be done. */
export async function deleteDefinition(
  { api, output }: Session,
  kind: Kind,
  id: string,
  { people, yes }: DeleteOptions,
): Promise<void> {
  const query = {
    dryRun: yes ? ("false" as const) : ("true" as const),
    ...(people === undefined ? {} : { people }),
  };
  const result = dataOf(
    await api.DELETE("/api/v1/definitions/{kind}/{id}", { params: { path: { kind, id }, query } }),
  );
  output.result(result, [
    yes
      ? `The ${kind} ${id} is deleted.`
      : `The ${kind} ${id} can be deleted. Nothing was changed; with --yes it is done.`,
  ]);
}
