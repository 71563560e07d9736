import { dataOf } from "../client.ts";
import { count, table } from "../output.ts";
import type { Session } from "../session.ts";

/** Shows one person: by number, or by any identifier as `userid:1042`. */
export async function showProfile({ api, output }: Session, wanted: string): Promise<void> {
  const profile = /^\d+$/.test(wanted)
    ? dataOf(await api.GET("/api/v1/profiles/{number}", { params: { path: { number: Number(wanted) } } }))
    : dataOf(await api.GET("/api/v1/profiles", { params: { query: { identifier: wanted } } }));
  const { merged, identifiers, attributes, events, audiences } = profile;
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ["", title, ...lines];
  output.result(profile, [
    `Profile ${profile.number}${merged.length === 0 ? "" : `, with what was ${merged.join(", ")}`}`,
    ...section(
      "Identifiers",
      table(
        ["Kind", "Value", "From"],
        identifiers.map(({ identifier, value, source }) => [
          identifier,
          value,
          source.fileName ?? source.dataflow ?? "",
        ]),
      ),
    ),
    ...section(
      "Attributes",
      table(
        ["Name", "Value", "As of", "From"],
        attributes.map(({ name, value, time, dataflow }) => [name, shown(value), time, dataflow]),
      ),
    ),
    ...section(
      `Events: ${count(events.count)}`,
      events.types.length === 0
        ? []
        : table(
            ["Type", "Count", "First", "Last"],
            events.types.map(({ type, count: number, first, last }) => [type, number, first, last]),
          ),
    ),
    ...section(
      "Audiences",
      audiences.map(({ id, name, since }) => `${id}  ${name}  since ${since}`),
    ),
  ]);
}

/** Texts as they are, lists with commas between, as the preview of an audience shows them. */
function shown(value: unknown): string {
  return value === null ? "(none)" : String(value);
}
