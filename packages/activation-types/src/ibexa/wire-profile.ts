import { z } from "zod";

/**
 * How messages to Ibexa are spelt. Ibexa documents its PHP message classes; their JSON spelling is not public,
 * so every setting here is a default of ours. A setting that has one possible value today has its place and
 * refuses other values: nothing here is read and then ignored.
 */
export const wireProfile = z
  .strictObject({
    version: z.literal(1).default(1).describe("Of this list of settings."),
    method: z.literal("POST").default("POST"),
    contentType: z.literal("application/json").default("application/json"),
    credentials: z
      .literal("headers")
      .default("headers")
      .describe("`headers`: X-CLIENT-ID and X-CLIENT-SECRET."),
    keySpelling: z.literal("camelCase").default("camelCase"),
    updateTypes: z
      .strictObject({
        create: z.literal("create").default("create"),
        membershipChanges: z.literal("membershipChanges").default("membershipChanges"),
        metadata: z.literal("metadata").default("metadata"),
        detach: z.literal("detach").default("detach"),
        heartbeat: z.literal("heartbeat").default("heartbeat"),
      })
      .prefault({}),
    segmentGroupIn: z.literal("body").default("body"),
    alreadyThere: z
      .literal(409)
      .default(409)
      .describe("On Create: the segment exists already, which is done."),
    alreadyGone: z
      .literal(404)
      .default(404)
      .describe("On Detach: the segment is gone already, which is done."),
    personIdType: z.literal("omitted").default("omitted"),
    paths: z.literal("none").default("none").describe("`none`: every message goes to the Base URL."),
    success: z
      .literal("emptyOrJson")
      .default("emptyOrJson")
      .describe("A 2xx counts when its body is empty or JSON. A web page never does."),
    bulkAsyncThreshold: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(100)
      .describe("From so many changes on, Ibexa puts a batch into its queue and answers before it is done."),
    batchSize: z.int().min(1).max(10_000).default(99).describe("Changes in one message."),
    requestsAtOnce: z.int().min(1).max(64).default(4),
    timeoutSeconds: z.number().min(0.05).max(600).default(30),
  })
  .meta({ id: "IbexaWireProfile" });
