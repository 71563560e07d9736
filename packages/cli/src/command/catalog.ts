import { dataOf } from "../client.ts";
import { count, counted, table } from "../output.ts";
import type { Session } from "../session.ts";

/** What rules may name. */
export async function showCatalog({ api, output }: Session): Promise<void> {
  const catalog = dataOf(await api.GET("/api/v1/catalog"));
  const attributes = catalog.attributes.map(({ name, type }) => [name, type]);
  const events = catalog.events.map(({ type, schema, count: number, properties }) => [
    type,
    schema,
    number,
    properties.map((property) => `${property.name} (${property.type})`).join(", "),
  ]);
  output.result(catalog, [
    ...(attributes.length === 0 ? ["No attributes yet."] : table(["Attribute", "Type"], attributes)),
    "",
    ...(events.length === 0 ? ["No events yet."] : table(["Event", "Schema", "Count", "Properties"], events)),
  ]);
}

export interface WantedValues {
  readonly event?: string | undefined;
  readonly contains?: string | undefined;
  readonly limit: number;
}

/** The values of an attribute, or of a property of a type of events. */
export async function showValues(
  { api, output }: Session,
  name: string,
  { event, contains, limit }: WantedValues,
): Promise<void> {
  const of = event === undefined ? { attribute: name } : { event, property: name };
  const query = { ...of, limit, ...(contains === undefined ? {} : { contains }) };
  const found = dataOf(await api.GET("/api/v1/catalog/values", { params: { query } }));
  const { asOf, upToDate, having, different, exact, minimum, maximum, values, complete } = found;
  const who = event === undefined ? counted(having, "person", "people") : counted(having, "event");
  const state = upToDate ? "" : ", data came since";
  const range = minimum === null ? "" : `, from ${minimum} to ${maximum}`;
  output.result(found, [
    asOf === null
      ? "Not counted yet; these are among the first rows."
      : `${who} with a value, ${exact ? "" : "at least "}${counted(different, "different value")}${range} (data of ${asOf}${state})`,
    ...(values.length === 0
      ? []
      : table(
          ["Value", "Count"],
          values.map(({ value, count: number }) => [String(value), number === null ? "" : count(number)]),
        )),
    ...(complete ? [] : ["There may be further values."]),
  ]);
}
