import type { AudienceView } from "./queries.ts";

/** Whether an audience is changed on the pages: what came from a file is changed there. */
export function isChangedHere({ origin }: AudienceView): boolean {
  return origin === "api";
}
