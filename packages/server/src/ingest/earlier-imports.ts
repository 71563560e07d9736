import { PeregrineError } from "@peregrine/core";
import { baseOf, type ImportDefinition, type ImportRecord, type Store } from "../store/index.ts";
import { sameReading } from "./import-plan.ts";

/**
 * The published import that this one replaces, if it is run again.
 *
 * @throws PeregrineError `importReplaced` when another has replaced it meanwhile, or its dataflow has
 */
export async function replacedBy(store: Store, { againOf }: ImportRecord): Promise<ImportRecord | undefined> {
  const earlier = againOf === null ? undefined : await store.imports.get(againOf);
  if (earlier?.state !== "published") return undefined;
  await refuseReplaced(store, earlier);
  return earlier;
}

/** @throws PeregrineError `importReplaced` */
export async function refuseReplaced(store: Store, { id, dataflowNumber }: ImportRecord): Promise<void> {
  const later = await store.imports.replacedBy(id);
  if (later !== undefined) {
    throw new PeregrineError("importReplaced", {
      detail: `Import ${id} was run again as import ${later.id}.`,
    });
  }
  if ((await baseOf(store.db, dataflowNumber)) > id) {
    throw new PeregrineError("importReplaced", {
      detail: `Nothing of import ${id} counts any more: a later file has replaced it, or its dataflow was deleted.`,
    });
  }
}

/**
 * Whether these bytes would change nothing. Events are there once any import has brought them; what is said of people
 * and things is as the latest import says, so that a file that came before another one says something new again.
 */
export async function isKnown(
  store: Store,
  record: ImportRecord,
  definition: ImportDefinition,
): Promise<boolean> {
  const earlier =
    definition.dataflow.write === "append" && definition.schema.parent === "Interaction"
      ? await store.imports.publishedWith(record.dataflowNumber, record.sha256)
      : await store.imports.latestPublished(record.dataflowNumber);
  if (earlier?.definition === undefined || earlier.definition === null) return false;
  // What was withdrawn since can come again.
  if ((await baseOf(store.db, record.dataflowNumber)) > earlier.id) return false;
  return earlier.sha256 === record.sha256 && sameReading(earlier.definition, definition);
}
