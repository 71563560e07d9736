import { useSuspenseQuery } from "@tanstack/react-query";
import { sessionQuery } from "./queries.ts";

/** Whether the signed-in user may change things; the API refuses it all the same. */
export function useMayEdit(): boolean {
  const { user } = useSuspenseQuery(sessionQuery).data;
  return user !== null && user.role !== "viewer";
}
