import type { components } from "../api.gen.ts";
import { dataOf } from "../client.ts";
import { table } from "../output.ts";
import type { Session } from "../session.ts";

type Kind = components["schemas"]["DefinitionRecord"]["kind"];

/** All definitions, or those of one kind. */
export async function listDefinitions({ api, output }: Session, kind: Kind | undefined): Promise<void> {
  const items = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const query = {
      limit: 500,
      ...(kind === undefined ? {} : { kind }),
      ...(cursor === undefined ? {} : { cursor }),
    };
    const page = dataOf(await api.GET("/api/v1/definitions", { params: { query } }));
    items.push(...page.items);
    cursor = page.next;
  }
  const lines =
    items.length === 0
      ? ["There are none yet. `peregrine apply -f` brings some; see docs/getting-started.md."]
      : table(
          ["Kind", "Id", "Version", "Changed", "By", "From"],
          items.map((one) => [
            one.kind,
            one.id,
            one.version,
            one.updatedAt,
            one.updatedBy,
            one.origin === "file" ? "a file" : "API",
          ]),
        );
  output.result({ items }, lines);
}
