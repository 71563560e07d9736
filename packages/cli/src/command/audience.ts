import { type Api, dataOf } from "../client.ts";
import { count, counted, table } from "../output.ts";
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

export async function previewAudience({ api, output }: Session, id: string, asOf?: string): Promise<void> {
  const preview = dataOf(
    await api.GET("/api/v1/audiences/{id}/preview", {
      params: { path: { id }, query: asOf === undefined ? {} : { asOf } },
    }),
  );
  const identifier = preview.personIdentifier ?? "an identifier";
  const people = preview.people.map(({ profile, identifiers, attributes }) => [
    String(profile),
    Object.entries(identifiers)
      .map(([kind, values]) => `${kind} ${values.join(" ")}`)
      .join(", "),
    Object.entries(attributes)
      .map(([name, value]) => `${name}: ${String(value)}`)
      .join(", "),
  ]);
  output.result(preview, [
    `${counted(preview.size, "person", "people")} as of ${preview.asOf}, ${count(preview.withoutIdentifier)} of them without ${identifier}`,
    ...(people.length === 0 ? [] : ["", ...table(["Profile", "Identifiers", "Attributes"], people)]),
  ]);
}
