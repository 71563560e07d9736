import type { Fault } from "../../error.ts";
import type { IdentifierDefinition, IdentifierDefinitionInput } from "../../identity/identifier.ts";
import {
  type Dataflow,
  type DataflowInput,
  type DataflowSource,
  dataflow as dataflowSchema,
} from "../dataflow.ts";
import { checkMapping } from "../mapping/mapping.ts";
import type { SchemaParent } from "../parent.ts";
import { type Schema, type SchemaColumn, schema as schemaSchema } from "../schema.ts";
import type { ColumnProfile, Guess } from "./column-profile.ts";
import { type FoundIdentifier, findIdentifiers, newIdentifiers, personIdentifierOf } from "./identifiers.ts";
import { looksLikeSecret, plainName } from "./names.ts";
import { type Role, type Roles, rolesOf } from "./roles.ts";

export interface ProposalInput {
  readonly parent: SchemaParent;
  /** Of the dataflow; also of its schema, unless one is given. */
  readonly id: string;
  readonly name?: string | undefined;
  readonly columns: readonly ColumnProfile[];
  /** Rows of the sample. */
  readonly rows: number;
  /** How many different rows there are if only these columns are looked at; `undefined` where a row lacks one. */
  readonly distinct: (columns: readonly string[]) => number | undefined;
  /** The sample's rows are nested, so that the mapping names paths. */
  readonly nested: boolean;
  /** What was said about how the file is written. */
  readonly source: Partial<DataflowSource>;
  /** The identifiers that there are. */
  readonly identifiers: readonly IdentifierDefinition[];
  /** The schemas that there are: an attribute has one type in all of them. */
  readonly schemas: readonly Schema[];
  /** One of them, to which the dataflow is proposed; columns are added to it. */
  readonly schema?: Schema | undefined;
  readonly personIdentifier?: string | undefined;
}

/** What becomes of one column of the file. */
export interface ProposedColumn {
  readonly source: string;
  /** The schema's column; null: it is left out. */
  readonly target: string | null;
  readonly type: SchemaColumn["type"];
  readonly expression: string;
  readonly identifier: string | null;
  /** Of the values that are there, the share that the expression can read; null: it was not tried. */
  readonly share: number | null;
  /** Why so, or why it is left out. */
  readonly why: string;
  readonly doubt: string | null;
  readonly alternatives: readonly Guess[];
}

/** A column of the schema that is made of no single column of the file. */
export interface ComputedColumn {
  readonly target: string;
  readonly type: SchemaColumn["type"];
  readonly expression: string;
}

export interface Proposal {
  readonly columns: readonly ProposedColumn[];
  /** Of a dataflow that is there. */
  readonly computed: readonly ComputedColumn[];
  readonly roles: { readonly [Name in keyof Roles]: Role | null };
  /** Identifiers that are missing and needed. */
  readonly identifiers: readonly IdentifierDefinitionInput[];
  readonly schema: unknown;
  readonly dataflow: DataflowInput;
  /** What `apply` takes, in its order; without what has faults. */
  readonly documents: readonly unknown[];
  /** For a person to read before it is applied. */
  readonly notes: readonly string[];
  /** Why it can't be applied as it is. */
  readonly faults: readonly Fault[];
}

const MOST_COLUMNS = 500;
/** In a list of people fewer than one in five come twice. */
const REPEATED = 0.8;

/** Proposes a schema and a dataflow for the file of which a sample was taken; every column is accounted for. */
export function propose(input: ProposalInput): Proposal {
  const found = findIdentifiers(input);
  const person = personIdentifierOf(input, found);
  const columns = proposedColumns(input, found);
  const taken = columns.filter(({ target }) => target !== null);
  const schemaColumns = schemaColumnsOf(input, taken);
  const id = input.schema?.id ?? input.id;
  const schema = {
    kind: "schema",
    id,
    ...(input.schema === undefined
      ? input.name === undefined
        ? {}
        : { name: input.name }
      : input.schema.name === undefined
        ? {}
        : { name: input.schema.name }),
    parent: input.parent,
    ...(person === undefined || input.parent === "Catalog" ? {} : { personIdentifier: person }),
    columns: schemaColumns,
  };
  const roles = rolesOf(input, columns);
  const map = Object.fromEntries(taken.map(({ target, expression }) => [target ?? "", expression]));
  const dataflow: DataflowInput = {
    kind: "dataflow",
    id: input.id,
    ...(input.name === undefined ? {} : { name: input.name }),
    schema: id,
    ...(Object.keys(input.source).length === 0 ? {} : { source: input.source }),
    map,
    ...Object.fromEntries(
      Object.entries(roles).flatMap(([name, role]) => (role === null ? [] : [[name, role.expression]])),
    ),
  };
  const checked = check(schema, dataflow, input);
  const used = new Set([...(person === undefined ? [] : [person]), ...found.map(({ id }) => id)]);
  const identifiers = newIdentifiers(used, input.identifiers);
  const documents = [
    ...identifiers,
    ...(checked.schema === undefined ? [] : [schema]),
    ...(checked.schema === undefined || checked.faults.length > 0 ? [] : [dataflow]),
  ];
  const notes = notesOf(input, columns, roles, person, identifiers);
  return {
    columns,
    computed: [],
    roles,
    identifiers,
    schema,
    dataflow,
    documents,
    notes,
    faults: checked.faults,
  };
}

function proposedColumns(input: ProposalInput, found: readonly FoundIdentifier[]): ProposedColumn[] {
  const names = new Set<string>();
  let room = MOST_COLUMNS - (input.schema?.columns.length ?? 0);
  const byColumn = new Map(found.map((one) => [one.column, one]));
  // What names people is given its name first, so that no other column takes it.
  for (const { id } of found) names.add(targetOfIdentifier(input, id));
  return input.columns.map((column): ProposedColumn => {
    const identifier = byColumn.get(column.name);
    const { guess } = column;
    const base = {
      source: column.name,
      type: guess.type,
      expression: guess.expression,
      identifier: null,
      share: guess.share,
      doubt: column.doubt,
      alternatives: column.others,
    };
    const leftOut = (why: string): ProposedColumn => ({ ...base, target: null, why });
    if (identifier !== undefined) {
      return {
        ...base,
        target: targetOfIdentifier(input, identifier.id),
        type: "text",
        expression: identifier.expression,
        identifier: identifier.id,
        share: identifier.share,
        why: identifier.why,
        doubt: null,
      };
    }
    if (column.name === "") return leftOut("The column has no name, so no mapping can name it.");
    if (column.filled === 0) {
      return leftOut(
        `It holds nothing in any of the ${input.rows} rows of the sample, so that its type is not known.`,
      );
    }
    if (looksLikeSecret(column.path))
      return leftOut("By its name it holds a secret, which has no business in profiles.");
    const known = input.schema?.columns.find(({ name }) => plainName(name) === plainName(column.path));
    if (known !== undefined && !names.has(known.name)) return ofKnown(column, known, base, names);
    if (room === 0) return leftOut(`A schema has at most ${MOST_COLUMNS} columns.`);
    room--;
    const elsewhere = typeElsewhere(input, column.name);
    const fitting = [guess, ...column.others].find(({ type }) => type === elsewhere);
    if (elsewhere !== undefined && fitting !== undefined && fitting !== guess) {
      const target = newName(column.name, names);
      const why = `An attribute of this name is of type ${elsewhere} already, and has one type everywhere.`;
      return {
        ...base,
        ...pick(fitting),
        target,
        why,
        alternatives: [guess, ...column.others.filter((one) => one !== fitting)],
      };
    }
    const clash = elsewhere !== undefined && elsewhere !== guess.type;
    const target = newName(clash ? `${column.name} (${input.id})` : column.name, names);
    const renamed = clash
      ? ` Another schema has an attribute \`${column.name}\` of type ${elsewhere}, so that it needs another name.`
      : "";
    return { ...base, target, why: `${whyOf(column)}${renamed}` };
  });
}

function pick({ type, expression, share }: Guess): Pick<Guess, "type" | "expression" | "share"> {
  return { type, expression, share };
}

/** A column that the schema has already keeps its type. */
function ofKnown(
  column: ColumnProfile,
  known: SchemaColumn,
  base: Omit<ProposedColumn, "target" | "why">,
  names: Set<string>,
): ProposedColumn {
  names.add(known.name);
  const fitting = [column.guess, ...column.others].find(({ type }) => type === known.type);
  if (fitting === undefined) {
    return {
      ...base,
      target: null,
      why: `The schema's column \`${known.name}\` is of type ${known.type}, and these values are ${column.guess.what}.`,
    };
  }
  return {
    ...base,
    ...pick(fitting),
    target: known.name,
    identifier: known.identifier ?? null,
    why: `The schema has the column \`${known.name}\`.`,
  };
}

function whyOf({ guess, filled, distinct }: ColumnProfile): string {
  const share = guess.share === 1 ? "All" : `${Math.floor(guess.share * 1000) / 10} %`;
  const constant = distinct === 1 && filled > 1 ? " They are all the same." : "";
  const rest = guess.share === 1 ? "" : " The rows of the others would be refused.";
  return `${share} of ${filled} values are ${guess.what}.${constant}${rest}`;
}

function targetOfIdentifier({ schema }: ProposalInput, id: string): string {
  return schema?.columns.find(({ identifier }) => identifier === id)?.name ?? id;
}

function newName(wanted: string, names: Set<string>): string {
  const plain = wanted.replace(/\p{C}/gu, " ").trim().slice(0, 120) || "column";
  let name = plain;
  for (let number = 2; names.has(name); number++) name = `${plain} ${number}`;
  names.add(name);
  return name;
}

function typeElsewhere(
  { parent, schemas, schema }: ProposalInput,
  name: string,
): SchemaColumn["type"] | undefined {
  if (parent !== "PersonalData") return undefined;
  const others = schemas.filter((one) => one.parent === "PersonalData" && one.id !== schema?.id);
  return others.flatMap(({ columns }) => columns).find((column) => column.name === name)?.type;
}

/** Those of a schema that is there stay as they are, and come first. */
function schemaColumnsOf(input: ProposalInput, taken: readonly ProposedColumn[]): SchemaColumn[] {
  const known = input.schema?.columns ?? [];
  const names = new Set(known.map(({ name }) => name));
  const added = taken
    .filter(({ target }) => target !== null && !names.has(target))
    .map(({ target, type, identifier }) => ({
      name: target ?? "",
      type,
      ...(identifier === null ? {} : { identifier }),
    }));
  return [...known, ...added];
}

/** Whether both could be saved, and the mapping fits the sample. */
export function check(
  schemaDocument: unknown,
  dataflowDocument: DataflowInput,
  { nested, columns }: ProposalInput,
): { readonly schema: Schema | undefined; readonly faults: readonly Fault[] } {
  const schema = schemaSchema.safeParse(schemaDocument);
  const dataflow = dataflowSchema.safeParse(dataflowDocument);
  const issues = [...(schema.error?.issues ?? []), ...(dataflow.error?.issues ?? [])];
  if (!schema.success || !dataflow.success) {
    return {
      schema: schema.success ? schema.data : undefined,
      faults: issues.map(({ path, message }) => ({ path: `/${path.join("/")}`, message })),
    };
  }
  const mapping: Dataflow = dataflow.data;
  const checked = checkMapping(mapping, schema.data, { columns: columns.map(({ name }) => name), nested });
  return { schema: schema.data, faults: checked.ok ? [] : checked.faults };
}

/** What names people and comes again and again, as in a list of orders; slips apart. */
function repeatedPerson(
  columns: readonly ProposedColumn[],
  profiles: readonly ColumnProfile[],
): { readonly source: string; readonly filled: number; readonly distinct: number } | undefined {
  return columns.flatMap(({ source, identifier }) => {
    const { filled = 0, distinct = 0 } = profiles.find(({ name }) => name === source) ?? {};
    const isRepeated = identifier !== null && filled >= 10 && distinct < REPEATED * filled;
    return isRepeated ? [{ source, filled, distinct }] : [];
  })[0];
}

function notesOf(
  { parent, columns: profiles, rows }: ProposalInput,
  columns: readonly ProposedColumn[],
  roles: Proposal["roles"],
  person: string | undefined,
  identifiers: readonly IdentifierDefinitionInput[],
): string[] {
  const notes: string[] = [];
  if (parent !== "Catalog") {
    if (person === undefined) {
      notes.push(
        "No column names the person by an identifier that there is: name the person identifier, or map one by hand.",
      );
    }
    for (const { id } of identifiers)
      notes.push(`There is no identifier \`${id}\` yet: it is proposed as well.`);
    const naming = columns.filter(({ identifier }) => identifier !== null);
    const without = Math.min(
      ...naming.map(({ source }) => rows - (profiles.find(({ name }) => name === source)?.filled ?? 0)),
    );
    if (naming.length > 0 && without > 0)
      notes.push(
        `${naming.length === 1 ? "" : "At most "}${without} of ${rows} rows have no identifier, and name nobody.`,
      );
  }
  const repeated = parent === "PersonalData" ? repeatedPerson(columns, profiles) : undefined;
  if (repeated !== undefined) {
    const { source, filled, distinct } = repeated;
    notes.push(
      `\`${source}\` has ${distinct} different values in ${filled} rows: if a row is something that somebody did, such as an order, propose it as \`Interaction\`. As \`PersonalData\` the latest row of each person counts.`,
    );
  }
  if (parent === "Interaction" && roles.key === null) {
    notes.push(
      "No column, and no pair of columns, tells events apart: a file that is sent again with another mapping would bring its events twice. Map a `key` if there is one.",
    );
  }
  if (parent === "Interaction" && roles.time === null) {
    notes.push("No column tells when an event happened in every row: the time of the import would count.");
  }
  for (const { source, doubt } of columns) if (doubt !== null) notes.push(`\`${source}\`: ${doubt}`);
  const out = columns.filter(({ target }) => target === null).map(({ source }) => `\`${source}\``);
  if (out.length > 0) notes.push(`Left out: ${out.join(", ")}.`);
  return notes;
}
