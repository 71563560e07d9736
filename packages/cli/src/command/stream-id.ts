import { dataOf } from "../client.ts";
import { table } from "../output.ts";
import type { Session } from "../session.ts";

/** Makes a stream id for a dataflow and shows it, this once. */
export async function createStreamId(
  { api, output }: Session,
  dataflow: string,
  name: string,
): Promise<void> {
  const params = { path: { id: dataflow } };
  const made = dataOf(await api.POST("/api/v1/dataflows/{id}/stream-ids", { params, body: { name } }));
  output.result(made, [made.streamId]);
}

export async function listStreamIds({ api, output }: Session, dataflow: string | undefined): Promise<void> {
  const query = dataflow === undefined ? {} : { dataflow };
  const { items } = dataOf(await api.GET("/api/v1/stream-ids", { params: { query } }));
  const lines =
    items.length === 0
      ? ["There are none. `peregrine stream-id create DATAFLOW` makes one."]
      : table(
          ["Id", "Dataflow", "Name", "Created", "Last used", "State"],
          items.map(({ id, dataflowId, name, createdAt, lastUsedAt, revokedAt }) => [
            id,
            dataflowId,
            name,
            createdAt,
            lastUsedAt ?? "never",
            revokedAt === null ? "live" : `revoked ${revokedAt}`,
          ]),
        );
  output.result({ items }, lines);
}

export async function revokeStreamId({ api, output }: Session, id: string): Promise<void> {
  await api.DELETE("/api/v1/stream-ids/{id}", { params: { path: { id } } });
  output.result({ id, revoked: true }, [`The stream id ${id} opens nothing any more.`]);
}
