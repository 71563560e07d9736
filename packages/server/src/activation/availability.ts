import { PeregrineError } from "@peregrine/core";
import type { Store } from "../store/store.ts";

/**
 * The number of an identifier that is *available*: active, one value per profile, and the Person Identifier or
 * a mapped identifier column of an active dataflow's schema.
 * @throws PeregrineError `personIdentifierUnavailable`, which says what is missing
 */
export async function availableIdentifier(store: Store, id: string): Promise<number> {
  const refuse = (detail: string) => new PeregrineError("personIdentifierUnavailable", { detail });
  const identifier = await store.definitions.get("identifier", id);
  if (identifier === undefined) throw refuse(`There is no identifier \`${id}\`.`);
  if (!identifier.body.active) throw refuse(`The identifier \`${id}\` is not active.`);
  if (identifier.body.limit !== "one") {
    throw refuse(
      `A profile may have many \`${id}\`; an activation needs \`limit: one\`, so that one person is one id.`,
    );
  }
  const schemas = new Map((await store.definitions.list("schema")).map((schema) => [schema.id, schema.body]));
  const isMapped = (await store.definitions.list("dataflow")).some(({ body }) => {
    if (body.state !== "active") return false;
    const columns = schemas.get(body.schema)?.columns ?? [];
    return columns.some((column) => column.identifier === id && column.name in body.map);
  });
  if (!isMapped) throw refuse(`No active dataflow maps a column that holds \`${id}\`.`);
  return identifier.number;
}
