import { type Api, dataOf } from "../client.ts";
import { table } from "../output.ts";
import type { Session } from "../session.ts";

export async function listVersions({ api, output }: Session, id: string): Promise<void> {
  const items = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const query = cursor === undefined ? { limit: 200 } : { limit: 200, cursor };
    const page = dataOf(
      await api.GET("/api/v1/audiences/{id}/versions", { params: { path: { id }, query } }),
    );
    items.push(...page.items);
    cursor = page.next;
  }
  output.result(
    { items },
    table(
      ["Version", "At", "By", "From", "Changed", "Rule"],
      items.map(({ version, at, by, origin, deleted, changed, sentence }) => [
        version,
        at,
        by,
        FROM[origin ?? "unknown"],
        deleted ? "(deleted)" : changed.join(", "),
        sentence ?? "",
      ]),
    ),
  );
}

const FROM = { api: "API", file: "a file", unknown: "" } as const;

export async function showVersion({ api, output }: Session, id: string, version: number): Promise<void> {
  const found = dataOf(
    await api.GET("/api/v1/audiences/{id}/versions/{version}", { params: { path: { id, version } } }),
  );
  const { audience } = found;
  const head = `Version ${found.version} of ${id}, ${found.at} by ${found.by}${found.origin === "file" ? ", from a file" : ""}`;
  const lines =
    audience === null
      ? ["The audience was deleted."]
      : [
          `Name      ${audience.name}`,
          ...(audience.description === undefined ? [] : [`About     ${audience.description}`]),
          `Rule      ${found.sentence ?? "(not known to this version of the program)"}`,
          `Tags      ${audience.tags.length === 0 ? "none" : audience.tags.join(", ")}`,
        ];
  output.result(found, [head, ...lines]);
}

const SIGNS = { added: "+", removed: "-", changed: "~", reordered: " " } as const;
const JOINED = { all: "and ", any: "or " } as const;

export async function compareVersions(
  { api, output }: Session,
  id: string,
  wanted: { readonly from: number | undefined; readonly to: number | undefined },
): Promise<void> {
  const query = {
    ...(wanted.from === undefined ? {} : { from: wanted.from }),
    ...(wanted.to === undefined ? {} : { to: wanted.to }),
  };
  const found = dataOf(
    await api.GET("/api/v1/audiences/{id}/comparison", { params: { path: { id }, query } }),
  );
  const { from, to, fields, rule } = found;
  if (from.version === to.version) {
    const only = to.version === 1 && wanted.from === undefined && wanted.to === undefined;
    const why = only ? "there is nothing to compare it with yet" : "there is nothing to compare";
    const first = only ? `${id} has only one version` : `Version ${to.version} is named twice`;
    output.result(found, [`${first} (${to.at} by ${to.by}); ${why}.`]);
    return;
  }
  const parts = rule?.flatMap(({ action, path, group, before, after }) => {
    const joined = group === null ? "" : JOINED[group];
    if (action === "reordered") return [`  rule${path}: only the order changed, which means nothing`];
    const words = [before, after].filter((part) => part !== null);
    return [`${SIGNS[action]} rule${path}: ${joined}${words.join("  →  ")}`];
  });
  const lines = [
    ...fields.map(({ field, before, after }) => `~ ${field}: ${plain(before)}  →  ${plain(after)}`),
    ...(parts ?? ["~ rule: it changed; this version of the program does not know all of its words"]),
  ];
  output.result(found, [
    `Version ${from.version} (${from.at} by ${from.by}) and version ${to.version} (${to.at} by ${to.by})`,
    ...(lines.length === 0 ? ["  no difference"] : lines),
  ]);
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return "(none)";
  if (Array.isArray(value)) return value.length === 0 ? "(none)" : value.join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

export async function restoreVersion({ api, output }: Session, id: string, version: number): Promise<void> {
  const before = await latestVersion(api, id);
  const audience = dataOf(
    await api.POST("/api/v1/audiences/{id}/versions/{version}/restore", {
      params: { path: { id, version } },
    }),
  );
  output.result(audience, [
    audience.version === before
      ? `Nothing changed: ${audience.name} (${audience.id}) is as in version ${version}; it stays version ${before}`
      : `${audience.name} (${audience.id}) is as in version ${version} again; that is version ${audience.version}`,
    `Rule      ${audience.sentence ?? "(not known to this version)"}`,
  ]);
}

/** The number of the last change, which may be a deletion. */
async function latestVersion(api: Api, id: string): Promise<number | undefined> {
  const params = { path: { id }, query: { limit: 1 } };
  return dataOf(await api.GET("/api/v1/audiences/{id}/versions", { params })).items[0]?.version;
}
