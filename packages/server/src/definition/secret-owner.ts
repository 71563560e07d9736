import type { Kind } from "@peregrine/core";

/** The owner under which a definition's secrets are stored. */
export function secretOwner(kind: Kind, id: string): string {
  return `${kind}/${id}`;
}
