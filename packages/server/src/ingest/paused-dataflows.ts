import type { Store } from "../store/index.ts";

/** Ids of the dataflows of which what comes is kept and not begun. */
export async function pausedDataflows(definitions: Store["definitions"]): Promise<ReadonlySet<string>> {
  const dataflows = await definitions.list("dataflow");
  return new Set(dataflows.filter(({ body }) => body.state === "paused").map(({ id }) => id));
}
