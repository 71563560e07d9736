import { Alert } from "@mantine/core";
import { type Query, type QueryCache, useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { isUnanswered, type Misanswered, Unreachable } from "../api/client.ts";

/** How often it is asked again for what went unanswered, in ms. */
const AGAIN_MS = 10_000;

/** Says that the connection is lost, or that another answers in Peregrine's place, as long as it is so. */
export function ConnectionNotice() {
  const queries = useQueryClient();
  const cache = queries.getQueryCache();
  const reason = useSyncExternalStore(
    (onChange) => cache.subscribe(onChange),
    () => reasonIn(cache),
  );
  const isWell = reason === undefined;
  useEffect(() => {
    if (isWell) return;
    // Not all that is on a page asks again by itself.
    const again = () => queries.refetchQueries({ type: "active", fetchStatus: "idle", predicate: isOld });
    const timer = setInterval(() => void again(), AGAIN_MS);
    return () => clearInterval(timer);
  }, [isWell, queries]);
  if (isWell) return null;
  const isLost = reason instanceof Unreachable;
  return (
    <Alert
      color="orange"
      title={isLost ? "The connection is lost" : "Peregrine can’t be reached"}
      mb="md"
      role="status"
    >
      {reason.message} What you see may be old; it is tried again.
    </Alert>
  );
}

/** What is not answered now. What is nowhere yet and was given up is told where it would stand. */
function reasonIn(cache: QueryCache): Unreachable | Misanswered | undefined {
  const reasons = cache.getAll().flatMap((query) => {
    const { fetchStatus, fetchFailureReason, error } = query.state;
    if (isOld(query) && query.isActive()) return error ?? [];
    // An answer in Peregrine's place is asked for again twice: too short to be told twice.
    return fetchStatus !== "idle" && (fetchFailureReason instanceof Unreachable || hasData(query))
      ? (fetchFailureReason ?? [])
      : [];
  });
  return reasons.find(isUnanswered);
}

/** Whether what is there could not be asked for again. */
function isOld(query: Query): boolean {
  return hasData(query) && isUnanswered(query.state.error);
}

function hasData({ state: { data } }: Query): boolean {
  return data !== undefined;
}
