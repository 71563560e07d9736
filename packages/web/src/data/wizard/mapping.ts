import type { Schemas } from "../../api/schemas.ts";

type Proposal = Schemas["DataflowProposal"];
type ProposedColumn = Proposal["columns"][number];
export type ColumnType = ProposedColumn["type"];
export type RoleName = keyof Proposal["roles"];

export const ROLE_NAMES = ["time", "event", "key", "tieBreak"] as const satisfies readonly RoleName[];

/** What becomes of a column of the file: as it was proposed, or as somebody has changed it. */
export interface MappedColumn extends ProposedColumn {
  readonly isTaken: boolean;
  readonly target: string;
}

/** A column of the schema that is computed from those of the file. */
export interface ComputedColumn {
  readonly target: string;
  readonly type: ColumnType;
  readonly expression: string;
}

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
  readonly dataflow: ProposedDataflow;
  readonly notes: readonly string[];
}

interface NewIdentifier {
  readonly id: string;
}

interface ProposedDataflow {
  readonly id: string;
  readonly name?: string;
  readonly source?: object;
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
  return {
    madeFor,
    known,
    columns: proposal.columns.map((column) => ({
      ...column,
      isTaken: column.target !== null,
      target: column.target ?? column.source,
    })),
    computed: [],
    roles: each((name) => proposal.roles[name]?.expression ?? ""),
    roleReasons: each((name) => proposal.roles[name]?.why ?? ""),
    leaveOut: "",
    // The API's own documents, which its description leaves open.
    identifiers: proposal.identifiers as readonly NewIdentifier[],
    schema: proposal.schema as ProposedSchema,
    dataflow: proposal.dataflow as ProposedDataflow,
    notes: proposal.notes,
  };
}

/** What `apply` takes: missing identifiers, the schema with the columns that are needed, and the dataflow. */
export function documentsOf(
  { known, columns, computed, roles, leaveOut, identifiers, schema, dataflow }: Mapping,
  { write, state }: { readonly write: string; readonly state: "draft" | "active" },
): readonly object[] {
  const taken = columns.filter(({ isTaken }) => isTaken);
  const added = computed.filter(({ target, expression }) => target !== "" && expression !== "");
  const mapped: readonly SchemaColumn[] = [
    ...taken.map(({ target, type, identifier }) =>
      identifier === null ? { name: target, type } : { name: target, type: "text" as const, identifier },
    ),
    ...added.map(({ target, type }) => ({ name: target, type })),
  ];
  const knownNames = new Set(known.map(({ name }) => name));
  // Columns of a schema that is there stay as they are, whether this file fills them or not.
  const schemaColumns = [...known, ...mapped.filter(({ name }) => !knownNames.has(name))];
  const used = new Set(schemaColumns.flatMap(({ identifier }) => identifier ?? []));
  const { id, name, source } = dataflow;
  return [
    ...identifiers.filter((one) => used.has(one.id) || one.id === schema.personIdentifier),
    { ...schema, columns: schemaColumns },
    {
      kind: "dataflow",
      id,
      ...(name === undefined ? {} : { name }),
      schema: schema.id,
      state,
      write,
      ...(source === undefined ? {} : { source }),
      map: Object.fromEntries(
        [...taken, ...added].map(({ target, expression }) => [target, expression] as const),
      ),
      ...Object.fromEntries(ROLE_NAMES.flatMap((role) => (roles[role] === "" ? [] : [[role, roles[role]]]))),
      ...(leaveOut === "" ? {} : { leaveOut }),
    },
  ];
}
