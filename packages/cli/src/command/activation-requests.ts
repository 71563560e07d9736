import type { components, operations } from "../api.gen.ts";
import { dataOf } from "../client.ts";
import { counted, sentence, table } from "../output.ts";
import type { Session } from "../session.ts";

type Sent = components["schemas"]["SentRequest"];
type Asked = operations["searchRequests"]["requestBody"]["content"]["application/json"];

/** The API gives so many at once. */
const PAGE = 500;

export interface RequestOptions {
  readonly run?: number;
  readonly outcome?: string;
  readonly code?: string;
  readonly status?: number;
  readonly action?: string;
  readonly audience?: string;
  readonly person?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit: number;
}

/** As the destination knows the person, also where it is written as everywhere else: `userid:14`. */
async function personIdOf(api: Session["api"], id: string, person: string): Promise<string> {
  const { personIdentifier } = dataOf(
    await api.GET("/api/v1/activations/{id}", { params: { path: { id } } }),
  );
  const own = `${personIdentifier}:`;
  return person.startsWith(own) ? person.slice(own.length) : person;
}

/** Searches an activation's requests, the newest first. */
export async function listRequests(
  { api, output }: Session,
  id: string,
  { limit, person, outcome, ...filter }: RequestOptions,
): Promise<void> {
  const personId = person === undefined ? undefined : await personIdOf(api, id, person);
  const items: Sent[] = [];
  for (let cursor: string | null | undefined; cursor !== null && items.length < limit; ) {
    const body: Asked = {
      ...filter,
      // The API says which there are.
      ...(outcome === undefined ? {} : { outcome: outcome as Sent["outcome"] }),
      ...(personId === undefined ? {} : { personId }),
      ...(cursor === undefined ? {} : { cursor }),
      limit: Math.min(PAGE, limit - items.length),
    };
    const page = dataOf(
      await api.POST("/api/v1/activations/{id}/requests/search", { params: { path: { id } }, body }),
    );
    items.push(...page.items);
    cursor = page.next;
  }
  const lines =
    items.length === 0
      ? ["There are none. Requests are kept 14 days."]
      : table(
          ["Id", "Sent", "Action", "Changes", "Status", "ms", "Outcome", "Code"],
          items.map(({ id: request, sentAt, action, changes, status, durationMs, outcomeText, code }) => [
            request,
            sentAt,
            action,
            changes,
            String(status === 0 ? "-" : status),
            durationMs,
            outcomeText,
            code ?? "",
          ]),
        );
  output.result({ items }, lines);
}

/** One request with whom it was about. */
export async function showRequest({ api, output }: Session, id: string, request: string): Promise<void> {
  const found = dataOf(
    await api.GET("/api/v1/activations/{id}/requests/{request}", { params: { path: { id, request } } }),
  );
  const { action, run, sentAt, durationMs, status, outcomeText, code, answer, people } = found;
  output.result(found, [
    `Request ${found.id}: ${action} of run ${run}, sent ${sentAt}, ${durationMs} ms`,
    `${outcomeText}${status === 0 ? "" : ` (${status})`}${code === null ? "" : `, ${code}: docs/errors/${code}.md`}`,
    ...(answer === "" ? [] : [sentence(answer)]),
    ...(people.length === 0
      ? []
      : [
          "",
          `${counted(people.length, "change")}:`,
          ...people.map(
            ({ personId, membership, audienceName, audienceId }) =>
              `  ${membership ? "+" : "-"} ${personId}  ${audienceName} (${audienceId})`,
          ),
        ]),
  ]);
}
