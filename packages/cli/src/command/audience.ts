import type { components } from "../api.gen.ts";
import { type Api, dataOf } from "../client.ts";
import { remedyOf } from "../exit.ts";
import { count, sentence, table } from "../output.ts";
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
  output.result(audience, linesOf(audience));
}

/** Evaluates now; what the audience has chosen doesn't matter. */
export async function checkAudience({ api, output }: Session, id: string): Promise<void> {
  const audience = dataOf(await api.POST("/api/v1/audiences/{id}/check", { params: { path: { id } } }));
  output.result(audience, linesOf(audience));
}

/** Counts now, and changes nobody's membership. */
export async function refreshAudience({ api, output }: Session, id: string): Promise<void> {
  const audience = dataOf(await api.POST("/api/v1/audiences/{id}/refresh", { params: { path: { id } } }));
  output.result(audience, linesOf(audience));
}

/** Without the rule: as a type it is too deep to be compared. */
type Audience = Omit<components["schemas"]["AudienceView"], "rule">;

function linesOf(audience: Audience): string[] {
  const { checkedAt, error } = audience;
  const refreshed = audience.counted;
  return [
    `${audience.name} (${audience.id})`,
    ...(audience.description === undefined ? [] : [audience.description]),
    `Rule      ${audience.sentence ?? "(not known to this version)"}`,
    `Size      ${count(audience.size)}, ${checkedAt === null ? "never checked" : `last checked ${checkedAt}`}`,
    ...(refreshed === null
      ? []
      : [`Counted   ${count(refreshed.size)} at ${refreshed.at}; nobody was moved by it`]),
    ...(error === null ? [] : [`Failed    ${sentence(error.detail)} ${remedyOf(error.code)}`.trimEnd()]),
    `Checked   ${checkWords(audience.check)}`,
    `Tags      ${audience.tags.length === 0 ? "none" : audience.tags.join(", ")}`,
    `Version   ${audience.version}, ${audience.updatedAt} by ${audience.updatedBy}${audience.origin === "file" ? ", from a file" : ""}`,
  ];
}

function checkWords(check: Audience["check"]): string {
  if (check === undefined || check === "automatic") return "when data or time can have changed it";
  if (check === "byHand") return "by hand only";
  if ("cron" in check) return `at ${check.cron} (cron)`;
  const [[unit, every] = ["minutes", 0]] = Object.entries(check.every);
  return `every ${every === 1 ? unit.slice(0, -1) : `${every} ${unit}`}`;
}
