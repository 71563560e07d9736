import { z } from "zod";
import { definitionId } from "../definition-id.ts";
import { NORMALISATION_NAMES } from "./normalise.ts";

/**
 * A kind of person identifier as it is defined by `apply` and the API.
 * Its id is never reused for another kind: values that were stored under it keep their meaning.
 */
export const identifierDefinition = z
  .strictObject({
    kind: z.literal("identifier"),
    id: definitionId,
    name: z.string().max(200).optional(),
    normalise: z
      .array(z.enum(NORMALISATION_NAMES))
      .max(10)
      .default(["trim"])
      .describe("Steps that are applied to every value, in this order."),
    blocked: z
      .array(z.string().max(1000))
      .max(10_000)
      .default([])
      .describe("Values that name nobody (`0`, `anonymous`); compared after normalisation."),
    priority: z
      .int()
      .min(0)
      .max(1_000_000)
      .default(100)
      .describe("The highest one in a row decides whose row it is."),
    limit: z.enum(["one", "many"]).default("many").describe("How many values one profile may have."),
    active: z.boolean().default(true).describe("An inactive one links no new rows; past links stay."),
  })
  .meta({ id: "Identifier", description: "A kind of person identifier." });

export type IdentifierDefinition = z.output<typeof identifierDefinition>;
export type IdentifierDefinitionInput = z.input<typeof identifierDefinition>;
