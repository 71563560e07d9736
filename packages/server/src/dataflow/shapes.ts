import { COLUMN_TYPES, dataflowSource } from "@peregrine/core";
import { z } from "zod";
import { instant } from "../http/instant.ts";
import { countsSchema, faultsSchema, readingSchema } from "../ingest/index.ts";

const guess = z
  .object({
    type: z.enum(COLUMN_TYPES),
    expression: z.string().describe("In the mapping language, over the file's columns"),
    what: z.string().describe("What the values are taken for"),
    share: z.number().describe("Of the values that are there, the share that can be read so"),
  })
  .meta({ id: "ColumnGuess" });

const columnProfile = z
  .object({
    name: z.string(),
    path: z.array(z.string()).readonly().describe("The steps into a nested row"),
    expression: z.string().describe("How a mapping names it"),
    filled: z.number().int(),
    absent: z.number().int(),
    null: z.number().int(),
    empty: z.number().int(),
    distinct: z.number().int(),
    examples: z.array(z.string()).readonly().describe("The most frequent values"),
    guess,
    others: z.array(guess).readonly().describe("What else the values could be, the likelier first"),
    doubt: z.string().nullable().describe("What the values don't tell, such as the order of day and month"),
  })
  .meta({
    id: "SampleColumn",
    description: "filled + absent + null + empty are the rows that were looked at",
  });

const refusedRow = z.object({
  line: z.number().int(),
  column: z.string(),
  reason: z.string(),
  raw: z.string(),
});

export const sampleSchema = z
  .object({
    id: z.string(),
    fileName: z.string(),
    size: z.number().int().describe("Bytes that are kept"),
    part: z.boolean().describe("The file is larger: only its first part is kept"),
    kept: z
      .boolean()
      .describe("Rows that came earlier: how they are written here is none of the dataflow's `source`"),
    createdAt: instant,
    expiresAt: instant,
    source: dataflowSource.describe("What was said about how the file is written"),
    reading: readingSchema
      .nullable()
      .describe("What it was recognised as, or said to be; null where it can't be read so"),
    error: z.object({ code: z.string(), detail: z.string(), faults: faultsSchema }).nullable(),
    read: z.number().int().describe("Rows that were looked at"),
    more: z.boolean().describe("There are more rows than these"),
    columns: z.array(columnProfile).readonly(),
    rows: z
      .array(
        z.object({
          line: z.number().int(),
          values: z
            .record(z.string(), z.union([z.string(), z.array(z.string()).readonly(), z.null()]).optional())
            .describe("By the columns' names; an absent cell has no member"),
        }),
      )
      .readonly(),
    refused: z
      .object({ rows: z.number().int(), first: z.array(refusedRow).readonly() })
      .describe("Rows that can't be read"),
  })
  .meta({ id: "Sample" });

const role = z
  .object({ expression: z.string(), why: z.string(), alternatives: z.array(z.string()).readonly() })
  .nullable();

export const proposalSchema = z
  .object({
    columns: z
      .array(
        z.object({
          source: z.string(),
          target: z.string().nullable().describe("The schema's column; null: it is left out"),
          type: z.enum(COLUMN_TYPES),
          expression: z.string(),
          identifier: z.string().nullable(),
          share: z
            .number()
            .nullable()
            .describe("Of the values that are there, what the expression can read; null: it was not tried"),
          why: z.string(),
          doubt: z.string().nullable(),
          alternatives: z.array(guess).readonly(),
        }),
      )
      .readonly()
      .describe("Every column of the file, also those that are left out"),
    computed: z
      .array(z.object({ target: z.string(), type: z.enum(COLUMN_TYPES), expression: z.string() }))
      .readonly()
      .describe("Of a dataflow that is there: columns of the schema that are made of no single column"),
    roles: z.object({ time: role, tieBreak: role, event: role, key: role }),
    identifiers: z.array(z.unknown()).readonly().describe("Identifiers that are missing and needed"),
    schema: z.unknown(),
    dataflow: z.unknown(),
    documents: z.array(z.unknown()).readonly().describe("What `apply` takes, in its order"),
    notes: z.array(z.string()).readonly(),
    faults: faultsSchema.describe("Why it can't be applied as it is"),
  })
  .meta({ id: "DataflowProposal" });

const previewedRow = z.object({
  line: z.number().int(),
  outcome: z.enum(["person", "event", "leftOut", "refused"]),
  refusal: z.object({ column: z.string(), reason: z.string(), raw: z.string() }).nullable(),
  time: instant,
  event: z.string().nullable(),
  identifiers: z
    .array(
      z.object({
        identifier: z.string(),
        value: z.string(),
        normalised: z.string().describe("As it names a person; empty where it names nobody"),
        blocked: z.boolean(),
      }),
    )
    .readonly(),
  values: z
    .record(z.string(), z.object({ is: z.enum(["absent", "null", "value"]), value: z.unknown() }))
    .describe("By the schema's columns that are mapped: absent leaves what is known, null clears it"),
});

export const previewSchema = z
  .object({
    dataflow: z.string(),
    reading: readingSchema,
    faults: faultsSchema.describe("Every fault, with its place; what it concerns is left out of the rows"),
    rows: z.array(previewedRow).readonly(),
    unread: z.array(refusedRow).readonly().describe("Rows that can't be read at all"),
  })
  .meta({ id: "SamplePreview" });

export const validationSchema = z
  .object({
    dataflow: z.string(),
    faults: faultsSchema,
    more: z.boolean().describe("There are more rows than were looked at"),
    counts: countsSchema,
    people: z.number().int().describe("Different people whom the rows name"),
    tooManyRefused: z.boolean().describe("By `refuseAbove` an import of these rows alone would be refused"),
    refused: z.array(refusedRow).readonly().describe("The first hundred"),
  })
  .meta({ id: "SampleValidation", description: "counts as those of an import" });
