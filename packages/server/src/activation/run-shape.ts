import { remedyOf } from "@peregrine/core";
import { z } from "zod";
import { instant, instantOrNull, instantText } from "../http/instant.ts";
import type { RunRecord } from "../store/index.ts";

/** A run as every answer of the API gives it. */
export const run = z
  .object({
    id: z.int(),
    state: z.string(),
    trigger: z.string(),
    startedAt: instant,
    finishedAt: instant.nullable(),
    counts: z.record(z.string(), z.number()),
    progress: z
      .object({
        step: z.string(),
        done: z.number(),
        total: z.number().nullable(),
        waitingFor: z
          .string()
          .optional()
          .describe("Why the destination is waited for; absent while it answers"),
      })
      .nullable(),
    error: z
      .object({
        code: z.string(),
        detail: z.string(),
        remedy: z.string().describe("What to do; empty where the code has none"),
        faults: z.array(z.object({ path: z.string(), message: z.string(), remedy: z.string().optional() })),
      })
      .nullable(),
  })
  .meta({ id: "Run" });

export function showRun(record: RunRecord) {
  return {
    id: record.id,
    state: record.state,
    trigger: record.trigger,
    startedAt: instantText(record.startedAt),
    finishedAt: instantOrNull(record.finishedAt),
    counts: { ...record.counts },
    progress: record.progress,
    error: record.error && {
      ...record.error,
      remedy: remedyOf(record.error.code),
      faults: record.error.faults.map((fault) => ({ ...fault })),
    },
  };
}
