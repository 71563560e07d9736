import { dataOf } from "../client.ts";
import { table } from "../output.ts";
import type { Session } from "../session.ts";
import { BEGUN_BY, outcomeOf } from "./activation-run.ts";

/** The latest runs of an activation, newest first. Of runs in a row that found nothing to do the last one is kept. */
export async function listRuns({ api, output }: Session, id: string, limit: number): Promise<void> {
  const params = { path: { id }, query: { limit } };
  const { items } = dataOf(await api.GET("/api/v1/activations/{id}/runs", { params }));
  output.result(
    { items },
    items.length === 0
      ? ["It never ran."]
      : table(
          ["Run", "Began", "Begun by", ""],
          items.map((run) => [run.id, run.startedAt, BEGUN_BY[run.trigger] ?? run.trigger, outcomeOf(run)]),
        ),
  );
}
