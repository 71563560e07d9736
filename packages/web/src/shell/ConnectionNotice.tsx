import { Alert } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { Unreachable } from "../api/client.ts";

/** Says that the connection is lost, as long as it is: what is asked for is asked for again. */
export function ConnectionNotice() {
  const cache = useQueryClient().getQueryCache();
  const isLost = useSyncExternalStore(
    (onChange) => cache.subscribe(onChange),
    () =>
      cache.getAll().some(({ state }) => (state.fetchFailureReason ?? state.error) instanceof Unreachable),
  );
  if (!isLost) return null;
  return (
    <Alert color="orange" title="The connection is lost" mb="md" role="status">
      Peregrine doesn’t answer. What you see may be old; it is tried again.
    </Alert>
  );
}
