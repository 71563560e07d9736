import { z } from "zod";
import { definitionId } from "../definition-id.ts";
import { audienceCheck } from "./check.ts";
import { ruleSchema } from "./rule.ts";

/**
 * Any JSON, documented as a rule. The union with the rule's own schema is for the API document; it accepts
 * everything, because {@link resolveRule} knows the catalog, finds the faults of shape, names and types together,
 * and bounds the depth, which zod would follow until the stack ends.
 */
export const uncheckedRule = z.union([z.unknown(), ruleSchema]);

/** A named group of profiles. Its id is fixed for life: Ibexa's segments and Targeting blocks name it. */
export const audienceDefinition = z
  .strictObject({
    kind: z.literal("audience"),
    id: definitionId,
    name: z.string().min(1).max(200),
    description: z.string().max(2000).optional(),
    tags: z.array(z.string().min(1).max(64)).max(100).default([]),
    rule: uncheckedRule.describe("Who belongs to it; see docs/rules.md."),
    check: audienceCheck.optional(),
  })
  .meta({ id: "Audience", description: "A named group of profiles, by a rule." });

export type AudienceDefinition = z.output<typeof audienceDefinition>;
export type AudienceDefinitionInput = z.input<typeof audienceDefinition>;

/**
 * A new audience's id: 8 hex characters.
 *
 * @param random gives that many random bytes
 */
export function newAudienceId(random: (bytes: number) => Uint8Array): string {
  return [...random(4)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
