import { z } from "zod";

/** An instant as every answer of the API gives it. */
export const instant = z.iso
  .datetime()
  .meta({ id: "Instant", description: "ISO 8601 in UTC with milliseconds, `2026-07-01T09:30:00.000Z`" });

/** The API's form of an instant. @param ms since 1970, UTC */
export function instantText(ms: number): string {
  return new Date(ms).toISOString();
}

/** The same for what may not have happened yet. */
export function instantOrNull(ms: number | null): string | null {
  return ms === null ? null : instantText(ms);
}
