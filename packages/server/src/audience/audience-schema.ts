import { audienceDefinition } from "@peregrine/core";
import { z } from "zod";
import { instant, instantText } from "../http/instant.ts";
import type { AudienceView } from "./service.ts";

/** An audience as the API answers it. */
export const audienceSchema = audienceDefinition
  .omit({ kind: true })
  .extend({
    sentence: z.string().nullable().describe("The rule in words"),
    size: z.number().int().describe("Members after the last evaluation"),
    version: z.number().int(),
    origin: z.enum(["api", "file"]),
    updatedAt: instant,
    updatedBy: z.string(),
  })
  .meta({ id: "AudienceView" });

/** An audience in the API's form. */
export function showAudience({ updatedAt, ...audience }: AudienceView) {
  return { ...audience, updatedAt: instantText(updatedAt) };
}
