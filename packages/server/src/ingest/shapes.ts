import { FILE_ENCODINGS, FILE_FORMATS } from "@peregrine/core";
import { z } from "zod";

export const importState = z.enum([
  "queued",
  "running",
  "published",
  "unchanged",
  "refused",
  "failed",
  "validated",
]);

export const countsSchema = z
  .object({
    read: z.number().int(),
    personRows: z.number().int(),
    events: z.number().int(),
    repeatedEvents: z.number().int().describe("Those of `events` whose key was known: nothing was written"),
    leftOut: z.number().int(),
    noIdentifier: z.number().int(),
    refused: z.number().int(),
    newProfiles: z.number().int(),
    merges: z.number().int(),
    conflicts: z.number().int(),
  })
  .meta({
    id: "ImportCounts",
    description: "read = personRows + events + leftOut + noIdentifier + refused",
  });

/** How a file is read. */
export const readingSchema = z.object({
  format: z.enum([...FILE_FORMATS, "stream"]),
  compression: z.enum(["none", "gzip", "zstd"]),
  encoding: z.enum(FILE_ENCODINGS),
  delimiter: z.string().nullable().describe("Of CSV: what stands between cells"),
  header: z.boolean().nullable().describe("Of CSV: whether the first line names the columns"),
});

export const faultsSchema = z
  .array(z.object({ path: z.string(), message: z.string(), remedy: z.string().optional() }))
  .readonly();
