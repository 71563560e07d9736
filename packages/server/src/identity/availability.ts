import { PeregrineError } from "@peregrine/core";
import type { Store } from "../store/index.ts";

/**
 * Whether an identifier is *available* to activations: active, one value per profile, and the Person Identifier or
 * a mapped identifier column of an active dataflow's schema. Answers its number, or a sentence that says what is
 * missing.
 */
export async function availability(
  store: Store,
  id: string,
): Promise<{ readonly number: number } | { readonly missing: string }> {
  const identifier = await store.definitions.get("identifier", id);
  if (identifier === undefined) return { missing: `There is no identifier \`${id}\`.` };
  if (!identifier.body.active) return { missing: `The identifier \`${id}\` is not active.` };
  if (identifier.body.limit !== "one") {
    return {
      missing: `A profile may have many \`${id}\`; an activation needs \`limit: one\`, so that one person is one id.`,
    };
  }
  const schemas = new Map((await store.definitions.list("schema")).map((schema) => [schema.id, schema.body]));
  const isMapped = (await store.definitions.list("dataflow")).some(({ body }) => {
    if (body.state === "draft") return false;
    const columns = schemas.get(body.schema)?.columns ?? [];
    return columns.some((column) => column.identifier === id && column.name in body.map);
  });
  if (!isMapped) return { missing: `No active dataflow maps a column that holds \`${id}\`.` };
  return { number: identifier.number };
}

/**
 * The number of an identifier that is available.
 * @throws PeregrineError `personIdentifierUnavailable`, which says what is missing
 */
export async function availableIdentifier(store: Store, id: string): Promise<number> {
  const found = await availability(store, id);
  if ("number" in found) return found.number;
  throw new PeregrineError("personIdentifierUnavailable", { detail: found.missing });
}
