import {
  type CheckedMapping,
  checkMapping,
  identityConfigOf,
  type MissingColumn,
  notFound,
  PeregrineError,
} from "@peregrine/core";
import type { FileReading, ImportDefinition, Store } from "../store/index.ts";
import { isNested } from "./file/index.ts";

/** One of several imports that are derived together. */
export interface ImportPart {
  readonly importId: number;
  /** Its first row, of all their rows. */
  readonly from: number;
  /** Of rows without a time of their own, in ms UTC. */
  readonly time: number;
}

/** What an import is about to do, settled before the first row is read. */
export interface ImportPlan {
  /** Of several that are derived together, the first. */
  readonly importId: number;
  /** Several imports that are derived together, in the order of their rows; undefined for one alone. */
  readonly parts?: readonly ImportPart[] | undefined;
  readonly dataflowNumber: number;
  readonly definition: ImportDefinition;
  readonly reading: FileReading;
  /** The file's header; of nested rows, what the mapping names. */
  readonly columns: readonly string[];
  readonly mapping: CheckedMapping;
  /** When rows without a time of their own are true: the instant at which the file came, in ms UTC. */
  readonly time: number;
}

/**
 * The dataflow, its schema and the identifiers as they are now.
 *
 * @throws PeregrineError `notFound` when the dataflow or its schema is gone
 */
export async function currentDefinition(store: Store, dataflowId: string): Promise<ImportDefinition> {
  const { definitions } = store;
  const dataflow = await definitions.get("dataflow", dataflowId);
  const schema = dataflow && (await definitions.get("schema", dataflow.body.schema));
  if (dataflow === undefined || schema === undefined) {
    throw notFound("dataflow", `There is no dataflow \`${dataflowId}\` with a schema.`);
  }
  const names = new Set(schema.body.columns.map(({ name }) => name));
  const numbered = (await definitions.columns(schema.id)).filter(({ name }) => names.has(name));
  const identifiers = await definitions.list("identifier");
  return {
    dataflow: dataflow.body,
    schema: schema.body,
    schemaNumber: schema.number,
    columns: Object.fromEntries(numbered.map(({ name, number }) => [name, number])),
    identity: identityConfigOf(identifiers.map(({ number, body }) => ({ number, definition: body }))),
  };
}

/**
 * Brings a definition and a file's header together.
 *
 * @throws PeregrineError `fileDoesNotFit` with every fault
 */
export function planImport(input: Omit<ImportPlan, "mapping">): ImportPlan {
  const { dataflow, schema } = input.definition;
  const check = checkMapping(dataflow, schema, {
    columns: input.columns,
    nested: isNested(input.reading),
  });
  if (check.ok) return { ...input, mapping: check.mapping };
  const { faults, missing } = check;
  const called = dataflow.name === undefined ? `\`${dataflow.id}\`` : `“${dataflow.name}”`;
  const detail =
    missing.length > 0
      ? `The file has other columns than the dataflow ${called} reads. It lacks ${lacking(missing)}. Its columns are ${listed(input.columns)}.`
      : `The file does not fit the mapping of \`${dataflow.id}\`${faults.length === 1 ? "" : ` in ${faults.length} places`}.`;
  throw new PeregrineError("fileDoesNotFit", { detail: `${detail}${hintOf(input)}`, faults });
}

const NAMED = 20;

function listed(names: readonly string[]): string {
  const named = names.slice(0, NAMED).map((name) => `\`${name}\``);
  const more = names.length - named.length;
  return more > 0 ? `${named.join(", ")} and ${more} more` : named.join(", ");
}

/** What a file lacks, each with the column that was probably meant. */
function lacking(missing: readonly MissingColumn[]): string {
  const named = missing
    .slice(0, NAMED)
    .map(({ name, near }) => (near === undefined ? `\`${name}\`` : `\`${name}\` (is it \`${near}\`?)`));
  const more = missing.length - named.length;
  return more > 0 ? `${named.join(", ")} and ${more} more` : named.join(", ");
}

/** What a file that fits in no place probably is. */
function hintOf({ reading, columns, definition }: Omit<ImportPlan, "mapping">): string {
  const [only = "", ...others] = columns;
  const separator = others.length > 0 ? undefined : SEPARATORS.find(({ sign }) => only.includes(sign));
  if (separator !== undefined) {
    return ` Its cells seem to be separated by ${separator.name}: \`source.delimiter\` says so.`;
  }
  if (reading.header === false && definition.dataflow.source.columns === undefined) {
    return " Its first line looks like a row, not like names of columns: `source.columns` names them, or `source.header: true` says that it is a header.";
  }
  return "";
}

/** What stands between the cells of most files. */
const SEPARATORS = [
  { sign: ",", name: "commas" },
  { sign: ";", name: "semicolons" },
  { sign: "\t", name: "tabs" },
  { sign: "|", name: "vertical bars" },
] as const;

/**
 * Whether two imports would read the same bytes alike. How identifiers are normalised and linked is no part of that:
 * the rows' events and attributes would be the same.
 */
export function sameReading(one: ImportDefinition, other: ImportDefinition): boolean {
  const reading = ({ dataflow, schema }: ImportDefinition) => {
    const { source, leaveOut, map, time, tieBreak, event, key, write } = dataflow;
    const names = Object.keys(map).sort();
    const mapped = names.map((name) => [map[name], schema.columns.find((column) => column.name === name)]);
    return JSON.stringify([schema.id, source, leaveOut, mapped, time, tieBreak, event, key, write]);
  };
  return reading(one) === reading(other);
}
