import { QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent } from "react";
import { isUnanswered } from "../api/client.ts";

/** How often it is tried, in ms. */
const TRY_MS = 10_000;

/** Tries whether what a page could not be shown for is answered by now, and then shows the page. */
export function useHealing(isNeeded: boolean, onHealed: () => Promise<void>): void {
  const queries = useQueryClient();
  const heal = useEffectEvent(onHealed);
  useEffect(() => {
    if (!isNeeded) return;
    const attempt = async () => {
      if (await isAnswered(queries)) await heal();
    };
    const timer = setInterval(() => void attempt(), TRY_MS);
    return () => clearInterval(timer);
  }, [isNeeded, queries]);
}

/** Asks on the side: the page that says what is wrong stands still meanwhile. */
async function isAnswered(queries: QueryClient): Promise<boolean> {
  const failed = queries.getQueryCache().findAll({ predicate: ({ state }) => isUnanswered(state.error) });
  const aside = new QueryClient();
  const tries = failed.map(({ options, queryKey }) =>
    aside.fetchQuery({ ...options, queryKey, retry: false, networkMode: "always" }),
  );
  return (await Promise.allSettled(tries)).every(
    (attempt) => attempt.status === "fulfilled" || !isUnanswered(attempt.reason),
  );
}
