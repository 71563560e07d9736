import {
  type Dataflow,
  type DefinitionOf,
  type Fault,
  identityConfigOf,
  isOfKind,
  PeregrineError,
  readDefinitions,
} from "@peregrine/core";
import { type DefinitionService, definitionInvalid } from "../definition/index.ts";
import type { ImportDefinition, Store } from "../store/index.ts";

/** Definitions that are not saved, as an import would be given them. */
export interface Draft {
  readonly definition: ImportDefinition;
  /** What would keep them from being saved. */
  readonly faults: readonly Fault[];
}

/** Kinds of identifiers that are not saved have numbers that no definition will ever have. */
const UNSAVED = 0xf000_0000;

/**
 * Puts together what documents say and what is saved: the dataflow, its schema, and the identifiers.
 *
 * @param documents as `apply` takes them; one dataflow among them
 * @throws PeregrineError `definitionInvalid` when there is not even enough to look at
 */
export async function readDraft(
  store: Store,
  definitions: DefinitionService,
  documents: readonly unknown[],
): Promise<Draft> {
  const read = readDefinitions(documents);
  const dataflows = read.definitions.filter((one) => isOfKind(one, "dataflow"));
  const [dataflow] = dataflows;
  if (dataflow === undefined || dataflows.length > 1) {
    const message = `one dataflow is looked at, and there are ${dataflows.length} among the documents`;
    throw definitionInvalid([
      ...read.faults,
      ...(read.faults.length > 0 ? [] : [{ path: "/documents", message }]),
    ]);
  }
  const given = read.definitions.find((one) => isOfKind(one, "schema") && one.id === dataflow.schema);
  const schema =
    given !== undefined && isOfKind(given, "schema")
      ? given
      : (await store.definitions.get("schema", dataflow.schema))?.body;
  const faults = [...read.faults, ...(await faultsOf(definitions, documents))];
  if (schema === undefined) throw definitionInvalid(distinct([...faults, missing(dataflow)]));
  return {
    definition: {
      dataflow,
      schema,
      schemaNumber: 0,
      columns: Object.fromEntries(schema.columns.map(({ name }, index) => [name, index + 1])),
      identity: await identityOf(
        store,
        read.definitions.filter((one) => isOfKind(one, "identifier")),
      ),
    },
    faults: distinct(faults),
  };
}

/** The identifiers as they would be. */
async function identityOf(
  store: Store,
  given: readonly DefinitionOf<"identifier">[],
): Promise<ImportDefinition["identity"]> {
  const saved = await store.definitions.list("identifier");
  const replaced = saved.map(({ number, id, body }) => ({
    number,
    definition: given.find((one) => one.id === id) ?? body,
  }));
  const added = given
    .filter(({ id }) => !saved.some((one) => one.id === id))
    .map((definition, index) => ({ number: UNSAVED + index, definition }));
  return identityConfigOf([...replaced, ...added]);
}

/** What saving them would be refused for; as files, so that what stands in files may be looked at too. */
async function faultsOf(
  definitions: DefinitionService,
  documents: readonly unknown[],
): Promise<readonly Fault[]> {
  try {
    await definitions.apply(documents, { origin: "file", by: "", dryRun: true });
    return [];
  } catch (error) {
    if (!(error instanceof PeregrineError) || error.actor !== "user") throw error;
    return error.faults.length > 0 ? error.faults : [{ path: "", message: error.detail }];
  }
}

function missing({ id, schema }: Dataflow): Fault {
  return { path: `/dataflow ${id}/schema`, message: `there is no schema \`${schema}\`` };
}

/** Each fault once. */
export function distinct(faults: readonly Fault[]): Fault[] {
  return [...new Map(faults.map((fault) => [`${fault.path} ${fault.message}`, fault])).values()];
}
