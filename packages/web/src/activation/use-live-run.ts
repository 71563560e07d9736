import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { activationStatusQuery, type Run, refreshActivation } from "./queries.ts";

/** Puts what the server tells of the run into what the page shows; numbers are asked for when the run's step changes. */
export function useLiveRun(id: string): void {
  const queries = useQueryClient();
  useEffect(() => {
    // A connection that breaks is made anew by the browser; until then the page asks from time to time.
    const events = new EventSource(`/api/v1/activations/${encodeURIComponent(id)}/live`);
    events.addEventListener("run", ({ data }: MessageEvent<string>) => put(queries, id, JSON.parse(data)));
    return () => events.close();
  }, [id, queries]);
}

function put(queries: QueryClient, id: string, run: Run | null): void {
  const { queryKey } = activationStatusQuery(id);
  const before = queries.getQueryData(queryKey);
  if (before === undefined) return;
  queries.setQueryData(queryKey, { ...before, run });
  if (before.run?.id === run?.id && before.run?.state === run?.state) return;
  void refreshActivation(queries, id);
}
