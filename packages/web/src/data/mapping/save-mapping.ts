import { ApiProblem, api, dataOf } from "../../api/client.ts";
import { type DataflowStanding, schemaNow } from "../queries.ts";
import { documentsOf, type Mapping, type SavedAs } from "./mapping.ts";

interface Over extends SavedAs {
  /** The version of the dataflow that is saved over; 0: it must not be there. */
  readonly version: number;
}

/**
 * Saves a dataflow with its mapping, and with it the columns and identifiers that are missing. What others have added
 * to the schema since stays.
 *
 * @returns the dataflow as it stands then
 * @throws ApiProblem `savedMeanwhile` when somebody else saved the dataflow since, and what keeps it from being saved
 */
export async function saveMapping(mapping: Mapping, { version, ...as }: Over): Promise<DataflowStanding> {
  const { id } = mapping.dataflow;
  // A schema without known columns is made with the dataflow.
  const isNew = mapping.known.length === 0;
  const schema = isNew ? undefined : await schemaNow(mapping.schema.id);
  const missing = await Promise.all(
    mapping.identifiers.map(async (one) => ((await isThere(one.id)) ? [] : [one])),
  );
  const made = {
    ...mapping,
    identifiers: missing.flat(),
    ...(schema === undefined ? {} : { known: schema.definition.columns, schema: schema.definition }),
  };
  const versions = [
    { kind: "dataflow" as const, id, version },
    { kind: "schema" as const, id: mapping.schema.id, version: schema?.version ?? 0 },
    ...made.identifiers.map((one) => ({ kind: "identifier" as const, id: one.id, version: 0 })),
  ];
  await api.POST("/api/v1/apply", { body: { documents: [...documentsOf(made, as)], versions } });
  return dataOf(await api.GET("/api/v1/dataflows/{id}", { params: { path: { id } } }));
}

async function isThere(identifier: string): Promise<boolean> {
  try {
    await api.GET("/api/v1/definitions/{kind}/{id}", {
      params: { path: { kind: "identifier", id: identifier } },
    });
    return true;
  } catch (error) {
    if (error instanceof ApiProblem && error.problem.code === "notFound") return false;
    throw error;
  }
}
