import { type Fault, resolveRule } from "@peregrine/core";
import type { KindHooks } from "../definition/index.ts";
import type { Store } from "../store/index.ts";
import type { CatalogSource } from "./catalog.ts";

/**
 * Checks every audience's rule against the definitions as they would be: so a schema and an audience that reads it
 * can come together, and a schema cannot go while a rule names it.
 */
export function audienceHooks(store: Store, catalog: CatalogSource): KindHooks<"audience"> {
  return {
    async check({ action, body }, { wanted, columns }): Promise<readonly Fault[]> {
      if (action === "deleted") return [];
      const definitions = { schemas: wanted.list("schema"), dataflows: wanted.list("dataflow"), columns };
      const snapshot = await store.operations.snapshot();
      const unseen = action === "unchanged" ? "accepted" : "refused";
      const resolved = resolveRule(body.rule, await catalog.of(definitions, snapshot, unseen));
      if ("ok" in resolved) return [];
      return resolved.faults.map((fault) => ({ ...fault, path: `/rule${fault.path}` }));
    },
  };
}
