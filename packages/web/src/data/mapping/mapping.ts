import type { Schemas } from "../../api/schemas.ts";
import type { DataflowStanding } from "../queries.ts";

type Proposal = Schemas["DataflowProposal"];
type ProposedColumn = Proposal["columns"][number];
export type ColumnType = ProposedColumn["type"];
export type RoleName = keyof Proposal["roles"];

export const ROLE_NAMES = ["time", "event", "key", "tieBreak"] as const satisfies readonly RoleName[];
/** What of a dataflow is its mapping. */
export const MAPPING_MEMBERS = [
  "map",
  ...ROLE_NAMES,
  "leaveOut",
] as const satisfies readonly (keyof Definition)[];
type Definition = DataflowStanding["definition"];

/** What becomes of a column of the file: as it was proposed, or as somebody has changed it. */
export interface MappedColumn extends ProposedColumn {
  readonly isTaken: boolean;
  readonly target: string;
}

/** A column of the schema that is computed from those of the file. */
export type ComputedColumn = Proposal["computed"][number];

/** A mapping that is being made; expressions that are empty are left out. */
export interface Mapping {
  /** Of what it was proposed; when that changes, it is proposed anew. */
  readonly madeFor: string;
  /** The columns that the schema has already. */
  readonly known: readonly SchemaColumn[];
  readonly columns: readonly MappedColumn[];
  readonly computed: readonly ComputedColumn[];
  readonly roles: Readonly<Record<RoleName, string>>;
  readonly roleReasons: Readonly<Record<RoleName, string>>;
  readonly leaveOut: string;
  /** Definitions of identifiers that are missing. */
  readonly identifiers: readonly NewIdentifier[];
  readonly schema: ProposedSchema;
  readonly dataflow: DataflowFrame;
  readonly notes: readonly string[];
}

interface NewIdentifier {
  readonly id: string;
}

/** A dataflow without its mapping and what is said beside it. */
interface DataflowFrame {
  readonly kind: string;
  readonly id: string;
}

interface ProposedDataflow extends DataflowFrame {
  readonly leaveOut?: string;
}

export interface SchemaColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly identifier?: string;
}

interface ProposedSchema {
  readonly kind: string;
  readonly id: string;
  readonly name?: string;
  readonly parent: string;
  readonly personIdentifier?: string;
  readonly columns: readonly SchemaColumn[];
}

/** A proposal as something to be changed. @param known the columns that the schema has already */
export function mappingOf(proposal: Proposal, madeFor: string, known: readonly SchemaColumn[]): Mapping {
  const each = (of: (name: RoleName) => string) =>
    ({ time: of("time"), event: of("event"), key: of("key"), tieBreak: of("tieBreak") }) as const;
  // The API's own documents, which its description leaves open.
  const dataflow = proposal.dataflow as ProposedDataflow;
  return {
    madeFor,
    known,
    columns: proposal.columns.map((column) => ({
      ...column,
      isTaken: column.target !== null,
      target: column.target ?? column.source,
    })),
    computed: proposal.computed,
    roles: each((name) => proposal.roles[name]?.expression ?? ""),
    roleReasons: each((name) => proposal.roles[name]?.why ?? ""),
    leaveOut: dataflow.leaveOut ?? "",
    identifiers: proposal.identifiers as readonly NewIdentifier[],
    schema: proposal.schema as ProposedSchema,
    dataflow: frameOf(dataflow),
    notes: proposal.notes,
  };
}

/** All of a dataflow that is none of its mapping. */
export function frameOf(dataflow: DataflowFrame): DataflowFrame {
  const isMapping = (member: string) => MAPPING_MEMBERS.some((one) => one === member);
  const { kind, id } = dataflow;
  return {
    ...Object.fromEntries(Object.entries(dataflow).filter(([member]) => !isMapping(member))),
    kind,
    id,
  };
}

/** Whether two dataflows make the same of the same rows. */
export function isSameMapping(one: Partial<Definition>, other: Partial<Definition>): boolean {
  const said = ({ map = {}, ...rest }: Partial<Definition>) =>
    JSON.stringify([
      Object.entries(map).sort(([left], [right]) => (left < right ? -1 : 1)),
      ...MAPPING_MEMBERS.map((member) => (member === "map" ? null : (rest[member] ?? null))),
    ]);
  return said(one) === said(other);
}

/** By which identifier a column of the file names people; a column that the schema has keeps its own. */
export function identifierOf(
  { target, identifier }: MappedColumn,
  known: readonly SchemaColumn[],
): string | null {
  const column = known.find(({ name }) => name === target);
  return column === undefined ? identifier : (column.identifier ?? null);
}

/** What keeps a mapping from being gone on with. */
export interface MappingGaps {
  readonly taken: number;
  /** The name that two columns have. */
  readonly twice: string | undefined;
  /** Some column is the Person Identifier, or rows name nobody. */
  readonly isNamed: boolean;
}

/** Looks for what is missing in the columns. */
export function gapsOf({ columns, computed, known, schema }: Mapping): MappingGaps {
  const taken = columns.filter(({ isTaken }) => isTaken);
  const targets = [...taken, ...computed].map(({ target }) => target);
  const person = schema.personIdentifier;
  const isPerson = (name: string) =>
    known.some((column) => column.name === name && column.identifier === person);
  return {
    taken: taken.length,
    twice: targets.find((target, at) => target !== "" && targets.indexOf(target) !== at),
    isNamed:
      schema.parent === "Catalog" ||
      taken.some((column) => identifierOf(column, known) === person) ||
      computed.some(({ target }) => isPerson(target)),
  };
}

/** What a dataflow is saved as besides its mapping. */
export interface SavedAs {
  /** Undefined: it has none. */
  readonly name: string | undefined;
  readonly write: string;
  readonly state: DataflowStanding["definition"]["state"];
}

/** What `apply` takes: missing identifiers, the schema with the columns that are needed, and the dataflow. */
export function documentsOf(
  { known, columns, computed, roles, leaveOut, identifiers, schema, dataflow }: Mapping,
  { name, write, state }: SavedAs,
): readonly object[] {
  const taken = columns.filter(({ isTaken }) => isTaken);
  const added = computed.filter(({ target, expression }) => target !== "" && expression !== "");
  const mapped: readonly SchemaColumn[] = [
    ...taken.map(({ target, type, identifier }) =>
      identifier === null ? { name: target, type } : { name: target, type: "text" as const, identifier },
    ),
    ...added.map(({ target, type }) => ({ name: target, type })),
  ];
  const knownNames = new Set(known.map((column) => column.name));
  // Columns of a schema that is there stay as they are, whether this file fills them or not.
  const schemaColumns = [...known, ...mapped.filter((column) => !knownNames.has(column.name))];
  const used = new Set(schemaColumns.flatMap(({ identifier }) => identifier ?? []));
  const named = name === undefined ? {} : { name };
  return [
    ...identifiers.filter((one) => used.has(one.id) || one.id === schema.personIdentifier),
    { ...schema, ...(known.length === 0 ? named : {}), columns: schemaColumns },
    {
      ...dataflow,
      ...named,
      schema: schema.id,
      state,
      write,
      map: Object.fromEntries(
        [...taken, ...added].map(({ target, expression }) => [target, expression] as const),
      ),
      ...Object.fromEntries(ROLE_NAMES.flatMap((role) => (roles[role] === "" ? [] : [[role, roles[role]]]))),
      ...(leaveOut === "" ? {} : { leaveOut }),
    },
  ];
}
