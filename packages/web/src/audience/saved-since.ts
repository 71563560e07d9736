import type { AudienceView } from "./queries.ts";

/** Whether an audience was saved after its last check: what is counted is of what it was before. */
export function isSavedSince({
  checkedAt,
  updatedAt,
}: Pick<AudienceView, "checkedAt" | "updatedAt">): boolean {
  return checkedAt === null || Date.parse(checkedAt) < Date.parse(updatedAt);
}
