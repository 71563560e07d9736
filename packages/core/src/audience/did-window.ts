import { z } from "zod";
import { type WithinLast, withinLast } from "./window.ts";

const point = z
  .string()
  .describe("A day, 2026-01-31, in the installation's time zone, or an instant, 2026-01-31T10:00:00Z.");

/** What can stand in `within`, each under its own key, as it is written. */
export const WINDOW_FORMS = {
  last: {
    meaning: "the last N hours, days, weeks or months, up to now",
    example: "within: { last: 30, unit: days }",
  },
  between: {
    meaning: "from the first day or instant to the second, both included",
    example: "within: { between: [2026-01-01, 2026-03-31] }",
  },
  before: { meaning: "before this day or instant", example: "within: { before: 2026-01-01 }" },
  after: { meaning: "after this day or instant", example: "within: { after: 2026-01-31 }" },
} as const;
export type WindowForm = keyof typeof WINDOW_FORMS;

const between = z.strictObject({ between: z.tuple([point, point]).describe(WINDOW_FORMS.between.meaning) });
const before = z.strictObject({ before: point.describe(WINDOW_FORMS.before.meaning) });
const after = z.strictObject({ after: point.describe(WINDOW_FORMS.after.meaning) });

/** When an event must have happened, as it is written. */
export const inWindow = z.union([withinLast, between, before, after]);
export type InWindow = WithinLast | z.infer<typeof between> | z.infer<typeof before> | z.infer<typeof after>;
