import type { components } from "../api.gen.ts";
import { dataOf } from "../client.ts";
import { table } from "../output.ts";
import type { Session } from "../session.ts";
import type { Segment } from "./activation-people.ts";

type Explained = components["schemas"]["ExplainedPerson"];

/** Why a person is in a segment or is not, and what is next. */
export async function explainInSegment(
  { api, output }: Session,
  segment: Segment,
  person: string,
): Promise<void> {
  const found = dataOf(
    await api.POST("/api/v1/activations/{id}/audiences/{audience}/explain", {
      params: { path: { ...segment } },
      body: { person },
    }),
  );
  output.result(found, explained(found));
}

/** Every segment that a person is to be in, or may be in. */
export async function segmentsOfProfile({ api, output }: Session, identifier: string): Promise<void> {
  const number = /^\d{1,10}$/.test(identifier)
    ? Number(identifier)
    : dataOf(await api.GET("/api/v1/profiles", { params: { query: { identifier } } })).number;
  const found = dataOf(await api.GET("/api/v1/profiles/{number}/segments", { params: { path: { number } } }));
  const lines =
    found.items.length === 0
      ? [`Profile ${number} is in no segment, and is to be in none.`]
      : found.items.flatMap((one, at) => [...(at === 0 ? [] : [""]), ...explained(one)]);
  output.result(found, lines);
}

function explained({ audience, activation, stateText, steps, requests }: Explained): string[] {
  return [
    `${audience.name} (${audience.id}) in ${activation.name}: ${stateText ?? "not in the segment"}`,
    ...steps.map(({ sentence }) => `  ${sentence}`),
    ...table(
      ["Request", "Sent", "Status", "Outcome"],
      requests.map(({ id, sentAt, status, outcomeText }) => [
        id,
        sentAt,
        String(status === 0 ? "-" : status),
        outcomeText,
      ]),
    ).flatMap((line) => (requests.length === 0 ? [] : [`  ${line}`])),
  ];
}
