import { type Api, dataOf } from "../client.ts";
import { count, table } from "../output.ts";
import type { Session } from "../session.ts";

/** All pages of a list, one after another. */
async function allAudiences(api: Api) {
  const items = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const query = cursor === undefined ? { limit: 200 } : { limit: 200, cursor };
    const page = dataOf(await api.GET("/api/v1/audiences", { params: { query } }));
    items.push(...page.items);
    cursor = page.next;
  }
  return items;
}

export async function listAudiences({ api, output }: Session): Promise<void> {
  const items = await allAudiences(api);
  const lines =
    items.length === 0
      ? ["There are no audiences yet. `peregrine apply -f` brings some; see docs/rules.md."]
      : table(
          ["Id", "Name", "Size", "Tags"],
          items.map(({ id, name, size, tags }) => [id, name, size, tags.join(", ")]),
        );
  output.result({ items }, lines);
}

export async function showAudience({ api, output }: Session, id: string): Promise<void> {
  const audience = dataOf(await api.GET("/api/v1/audiences/{id}", { params: { path: { id } } }));
  const lines = [
    `${audience.name} (${audience.id})`,
    ...(audience.description === undefined ? [] : [audience.description]),
    `Rule      ${audience.sentence ?? "(not known to this version)"}`,
    `Size      ${count(audience.size)} at the last check`,
    `Tags      ${audience.tags.length === 0 ? "none" : audience.tags.join(", ")}`,
    `Version   ${audience.version}, ${audience.updatedAt} by ${audience.updatedBy}${audience.origin === "file" ? ", from a file" : ""}`,
  ];
  output.result(audience, lines);
}
