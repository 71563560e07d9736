import { z } from "zod";
import { type IdentifierDefinition, identifierDefinition } from "./identifier.ts";

/**
 * The kinds of identifiers as one import was resolved with them. Plain JSON: an import records it, so that
 * a rebuild resolves every row by the rules of its own time.
 */
export const identityConfig = z.strictObject({
  kinds: z.array(
    z.strictObject({
      /** The definition's number, by which the data plane names the kind. */
      number: z.int().min(1).max(0xffff_ffff),
      id: identifierDefinition.shape.id,
      normalise: identifierDefinition.shape.normalise,
      blocked: identifierDefinition.shape.blocked,
      priority: identifierDefinition.shape.priority,
      limit: identifierDefinition.shape.limit,
      active: identifierDefinition.shape.active,
    }),
  ),
});

export type IdentityConfig = z.output<typeof identityConfig>;
export type IdentityKind = IdentityConfig["kinds"][number];

/** The configuration made of all identifier definitions with their numbers, in the order of the numbers. */
export function identityConfigOf(
  definitions: readonly { readonly number: number; readonly definition: IdentifierDefinition }[],
): IdentityConfig {
  const kinds = definitions.map(({ number, definition }) => ({
    number,
    id: definition.id,
    normalise: definition.normalise,
    blocked: definition.blocked,
    priority: definition.priority,
    limit: definition.limit,
    active: definition.active,
  }));
  return { kinds: kinds.sort((a, b) => a.number - b.number) };
}
