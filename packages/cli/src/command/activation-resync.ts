import { dataOf } from "../client.ts";
import type { Session } from "../session.ts";

/** Has the next run say everything again. */
export async function resync({ api, output }: Session, id: string): Promise<void> {
  const asked = dataOf(await api.POST("/api/v1/activations/{id}/resync", { params: { path: { id } } }));
  output.result({ id, ...asked }, [
    "The next run says everything again: who is in, and who ever was and is out.",
    `How far it is: peregrine activation status ${id}`,
  ]);
}
