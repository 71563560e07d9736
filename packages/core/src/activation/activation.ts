import { z } from "zod";
import { definitionId } from "../definition-id.ts";
import { removalGuard } from "./guard.ts";

/**
 * One configured destination with the audiences that it carries. The settings are checked by the schema of the
 * activation type that `type` names; secrets among them are stored apart and never part of what is read back.
 */
export const activationDefinition = z
  .strictObject({
    kind: z.literal("activation"),
    id: definitionId,
    name: z.string().min(1).max(200),
    description: z.string().max(2000).optional(),
    type: z.string().min(1).max(64).describe("The activation type, such as `ibexa`."),
    personIdentifier: definitionId.describe("The identifier by which the destination knows people."),
    settings: z
      .record(z.string(), z.unknown())
      .default({})
      .describe(
        "As the activation type's own schema says. A secret that is left out keeps its stored value.",
      ),
    audiences: z
      .array(definitionId)
      .max(1000)
      .refine((ids) => new Set(ids).size === ids.length, "names an audience twice")
      .default([])
      .describe("Each of these audiences becomes one segment."),
    guard: removalGuard.optional(),
    repair: z
      .strictObject({
        everyDays: z
          .int()
          .min(1)
          .max(366)
          .describe("Each day one of so many parts of all people is said again, whoever is in or was."),
      })
      .optional()
      .describe("Says again a part of what was accepted each day; left out, nothing is."),
    state: z.enum(["active", "paused"]).default("active").describe("A paused activation sends nothing."),
  })
  .meta({
    id: "Activation",
    description: "One destination with the audiences that are brought in step there.",
  });

export type ActivationDefinition = z.output<typeof activationDefinition>;
export type ActivationDefinitionInput = z.input<typeof activationDefinition>;
