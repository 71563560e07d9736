import { audienceDefinition } from "@peregrine/core";
import { z } from "zod";
import { instant, instantOrNull, instantText } from "../http/instant.ts";
import type { AudienceView } from "./service.ts";

/** An audience as the API answers it. */
export const audienceSchema = audienceDefinition
  .omit({ kind: true })
  .extend({
    sentence: z.string().nullable().describe("The rule in words"),
    size: z.number().int().describe("Members after the last evaluation"),
    lastDay: z
      .object({ joined: z.number().int(), left: z.number().int() })
      .describe("Who is a member now and was none 24 hours ago, and the other way round"),
    checkedAt: instant.nullable().describe("The last check: it evaluated, or nothing could have changed"),
    counted: z
      .object({ size: z.number().int(), at: instant })
      .nullable()
      .describe("What a refresh counted last; nobody joins or leaves by it"),
    error: z
      .object({ code: z.string(), detail: z.string() })
      .nullable()
      .describe("Why the last check could not evaluate it; its members stay as they were"),
    version: z.number().int(),
    origin: z.enum(["api", "file"]),
    updatedAt: instant,
    updatedBy: z.string(),
  })
  .meta({ id: "AudienceView" });

/** An audience in the API's form. */
export function showAudience({ updatedAt, lastDay, checkedAt, counted, error, ...audience }: AudienceView) {
  return {
    ...audience,
    lastDay: { ...lastDay },
    updatedAt: instantText(updatedAt),
    checkedAt: instantOrNull(checkedAt),
    counted: counted && { size: counted.size, at: instantText(counted.at) },
    error: error && { ...error },
  };
}
