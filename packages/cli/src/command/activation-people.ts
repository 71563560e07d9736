import type { components } from "../api.gen.ts";
import { dataOf } from "../client.ts";
import { count, counted, sentence, table } from "../output.ts";
import type { Session } from "../session.ts";

type Person = components["schemas"]["PersonInSegment"];
/** Which there are, the API says. */
type State = "accepted";

/** One segment. */
export interface Segment {
  readonly id: string;
  readonly audience: string;
}

export interface PeopleOptions {
  readonly state: string;
  readonly person?: string;
  readonly csv?: boolean;
  readonly limit: number;
}

/** The API gives so many at once. */
const PAGE = 1000;

/** Who stands so in a segment. */
export async function listPeople(
  { api, output }: Session,
  segment: Segment,
  { state: given, person, csv = false, limit }: PeopleOptions,
): Promise<void> {
  const state = given as State;
  if (csv) {
    const { data } = await api.GET("/api/v1/activations/{id}/audiences/{audience}/people.csv", {
      params: { path: { ...segment }, query: { state } },
      parseAs: "text",
    });
    const text = String(data ?? "");
    output.result({ ...segment, state, csv: text }, [text.trimEnd()], "verbatim");
    return;
  }
  const items: Person[] = [];
  for (let cursor: string | null | undefined; cursor !== null && items.length < limit; ) {
    const body = {
      state,
      ...(person === undefined ? {} : { personId: person }),
      ...(cursor === undefined ? {} : { cursor }),
      limit: Math.min(PAGE, limit - items.length),
    };
    const params = { path: { ...segment } };
    const page = dataOf(
      await api.POST("/api/v1/activations/{id}/audiences/{audience}/people/search", { params, body }),
    );
    items.push(...page.items);
    cursor = page.next;
  }
  const lines =
    items.length === 0
      ? ["There is nobody."]
      : table(
          ["Person", "Profile", "Last sent", "Refused", "Next attempt", "Why"],
          items.map(({ personId, profile, lastSentAt, refusal }) => [
            personId ?? "-",
            String(profile ?? "-"),
            lastSentAt ?? "never",
            refusal === null ? "" : `${refusal.attempts}×`,
            refusal?.nextAttemptAt ?? "",
            refusal?.reason ?? "",
          ]),
        );
  output.result({ items }, lines);
}

/** Why people are refused, equal answers together. */
export async function listRefusals({ api, output }: Session, id: string): Promise<void> {
  const { items } = dataOf(await api.GET("/api/v1/activations/{id}/refusals", { params: { path: { id } } }));
  const lines =
    items.length === 0
      ? ["Nobody is refused."]
      : items.flatMap(({ audienceId, membership, code, reason, people, nextAttemptAt }) => [
          `${audienceId}: ${count(people)} to ${membership ? "join" : "leave"}, ${code}, next attempt ${nextAttemptAt}`,
          `  ${sentence(reason)}`,
        ]);
  output.result({ items }, lines);
}

/** Lets refused people be sent again at once. */
export async function sendAgain(
  { api, output }: Session,
  segment: Segment,
  personIds: string[] | undefined,
): Promise<void> {
  const sent = dataOf(
    await api.POST("/api/v1/activations/{id}/audiences/{audience}/people/send-again", {
      params: { path: { ...segment } },
      body: personIds === undefined ? {} : { personIds },
    }),
  );
  output.result(sent, [
    sent.people === 0
      ? "Nobody has to wait: who is refused goes with the next run anyway."
      : `${counted(sent.people, "person goes", "people go")} with the next run.`,
  ]);
}
