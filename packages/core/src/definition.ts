import { z } from "zod";
import { activationDefinition } from "./activation/activation.ts";
import { audienceDefinition } from "./audience/audience.ts";
import { identifierDefinition } from "./identity/identifier.ts";
import type { Kind } from "./kind.ts";
import { dataflow } from "./schema/dataflow.ts";
import { schema } from "./schema/schema.ts";

/** Every kind with its shape: a new kind that is not listed here does not compile. */
export const DEFINITION_KINDS = {
  identifier: identifierDefinition,
  schema,
  dataflow,
  audience: audienceDefinition,
  activation: activationDefinition,
} as const satisfies Record<Kind, z.ZodType<{ kind: Kind; id: string }>>;

/** A definition of one kind, with defaults filled in. */
export type DefinitionOf<K extends Kind> = z.output<(typeof DEFINITION_KINDS)[K]>;

/** What `apply` and the API handle: an object with `kind` and `id` and the fields of its kind. */
export const definition = z.discriminatedUnion("kind", [
  DEFINITION_KINDS.identifier,
  DEFINITION_KINDS.schema,
  DEFINITION_KINDS.dataflow,
  DEFINITION_KINDS.audience,
  DEFINITION_KINDS.activation,
]);
export type Definition = z.output<typeof definition>;
/** A definition as people write it, before defaults are filled in. */
export type DefinitionInput = z.input<typeof definition>;

/** The definitions of an installation, as they are or as they would be. */
export class DefinitionSet {
  readonly #byKey: ReadonlyMap<string, Definition>;

  constructor(definitions: Iterable<Definition>) {
    this.#byKey = new Map([...definitions].map((one) => [definitionKey(one.kind, one.id), one]));
  }

  get<K extends Kind>(kind: K, id: string): DefinitionOf<K> | undefined {
    const found = this.#byKey.get(definitionKey(kind, id));
    return found !== undefined && isOfKind(found, kind) ? found : undefined;
  }

  /** All of a kind, in the order in which they were given. */
  list<K extends Kind>(kind: K): DefinitionOf<K>[] {
    return [...this.#byKey.values()].filter((one) => isOfKind(one, kind));
  }

  [Symbol.iterator](): IterableIterator<Definition> {
    return this.#byKey.values();
  }
}

/** `dataflow orders`: how faults and plans name a definition, and the key under which it is unique. */
export function definitionKey(kind: Kind, id: string): string {
  return `${kind} ${id}`;
}

/** Narrows a definition by its kind. */
export function isOfKind<K extends Kind>(one: Definition, kind: K): one is DefinitionOf<K> & Definition {
  return one.kind === kind;
}
