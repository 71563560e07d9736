import { jsonPointer } from "./audience/report.ts";
import { type Definition, type DefinitionOf, type DefinitionSet, definitionKey } from "./definition.ts";
import type { Fault } from "./error.ts";
import type { Kind } from "./kind.ts";
import { faultIn } from "./read-definition.ts";
import { checkMapping } from "./schema/mapping/mapping.ts";
import { nearest } from "./schema/mapping/spelling.ts";

/** What definitions are checked against one another with. */
export interface ReferenceContext {
  /** All definitions as they would be. */
  readonly wanted: DefinitionSet;
  /** As they are now, and as the deleted ones last were. */
  readonly live: DefinitionSet;
  readonly deleted: DefinitionSet;
  /** Keys of definitions that were given with faults of their own: nothing is said of references to them. */
  readonly unreadable: ReadonlySet<string>;
  /** What an activation sends to, normalised; `undefined` when its type or settings do not tell. */
  readonly targetOf: (activation: DefinitionOf<"activation">) => string | undefined;
}

/**
 * Everything that is wrong between definitions: names that nothing has, columns that are gone or changed, names
 * that may not be used again, audiences that would be sent twice. Also what a deletion would leave dangling.
 */
export function referenceFaults(context: ReferenceContext): Fault[] {
  return [...context.wanted].flatMap((definition) =>
    checksOf(definition, context).map((fault) => faultIn(definition.kind, definition.id, fault)),
  );
}

/** A kind that is forgotten here does not compile: the function would end without an answer. */
function checksOf(definition: Definition, context: ReferenceContext): Fault[] {
  switch (definition.kind) {
    case "identifier":
      return identifierFaults(definition, context);
    case "schema":
      return schemaFaults(definition, context);
    case "dataflow":
      return dataflowFaults(definition, context);
    case "audience":
      // A rule is resolved where the events are known: in the server.
      return [];
    case "activation":
      return activationFaults(definition, context);
  }
}

function identifierFaults({ id }: DefinitionOf<"identifier">, { live, deleted }: ReferenceContext): Fault[] {
  if (live.get("identifier", id) !== undefined || deleted.get("identifier", id) === undefined) return [];
  return [
    {
      path: "/id",
      message: "there was an identifier of this name, and its name is never used again",
      remedy: "Choose another name; the deleted one's values keep their meaning.",
    },
  ];
}

function schemaFaults(schema: DefinitionOf<"schema">, context: ReferenceContext): Fault[] {
  const { wanted, live, deleted } = context;
  const faults: Fault[] = [];
  if (schema.personIdentifier !== undefined) {
    faults.push(...unknown(schema, ["personIdentifier"], "identifier", schema.personIdentifier, context));
  }
  for (const [index, column] of schema.columns.entries()) {
    if (column.identifier === undefined) continue;
    faults.push(
      ...unknown(schema, ["columns", index, "identifier"], "identifier", column.identifier, context),
    );
  }
  const before = live.get("schema", schema.id) ?? deleted.get("schema", schema.id);
  if (before !== undefined) faults.push(...historyFaults(schema, before));
  if (schema.parent === "PersonalData") faults.push(...attributeFaults(schema, wanted));
  return faults;
}

/** Columns are only ever added: rows of every age are read by the schema of today. */
function historyFaults(schema: DefinitionOf<"schema">, before: DefinitionOf<"schema">): Fault[] {
  const faults: Fault[] = [];
  if (schema.parent !== before.parent) {
    faults.push({ path: "/parent", message: `it was ${before.parent}, and a schema's parent is fixed` });
  }
  for (const { name, type } of before.columns) {
    const index = schema.columns.findIndex((column) => column.name === name);
    const now = schema.columns[index];
    if (now === undefined) {
      const message = `the column \`${name}\` is missing, and columns are only ever added`;
      faults.push({ path: "/columns", message, remedy: "Put it back; a dataflow need not fill it." });
    } else if (now.type !== type) {
      faults.push({
        path: jsonPointer(["columns", index, "type"]),
        message: `\`${name}\` is of type ${type}, and a column's type is fixed`,
        remedy: "Add a column of another name.",
      });
    }
  }
  return faults;
}

/** A rule names an attribute without its schema, so one name must mean one type. */
function attributeFaults(schema: DefinitionOf<"schema">, wanted: DefinitionSet): Fault[] {
  const others = wanted
    .list("schema")
    .filter(({ id, parent }) => parent === "PersonalData" && id !== schema.id);
  return schema.columns.flatMap((column, index) => {
    const other = others.find(({ columns }) =>
      columns.some(({ name, type }) => name === column.name && type !== column.type),
    );
    if (other === undefined) return [];
    return [
      {
        path: jsonPointer(["columns", index, "type"]),
        message: `the schema \`${other.id}\` has an attribute \`${column.name}\` of another type`,
        remedy: "Give it the same type there and here, or another name.",
      },
    ];
  });
}

function dataflowFaults(dataflow: DefinitionOf<"dataflow">, context: ReferenceContext): Fault[] {
  const schema = context.wanted.get("schema", dataflow.schema);
  if (schema === undefined) return unknown(dataflow, ["schema"], "schema", dataflow.schema, context);
  const check = checkMapping(dataflow, schema);
  return check.ok ? [] : [...check.faults];
}

function activationFaults(activation: DefinitionOf<"activation">, context: ReferenceContext): Fault[] {
  const { wanted } = context;
  const faults = unknown(
    activation,
    ["personIdentifier"],
    "identifier",
    activation.personIdentifier,
    context,
  );
  if (wanted.get("identifier", activation.personIdentifier)?.limit === "many") {
    faults.push({
      path: "/personIdentifier",
      message: `a profile may have many \`${activation.personIdentifier}\`, and an activation needs one`,
      remedy: "Set `limit: one` on the identifier, or choose another.",
    });
  }
  for (const [index, id] of activation.audiences.entries()) {
    faults.push(...unknown(activation, ["audiences", index], "audience", id, context));
  }
  return [...faults, ...sentTwiceFaults(activation, context)];
}

/** A segment's identifier is unique at its destination, so an audience goes there once. */
function sentTwiceFaults(
  activation: DefinitionOf<"activation">,
  { wanted, targetOf }: ReferenceContext,
): Fault[] {
  const target = targetOf(activation);
  if (target === undefined) return [];
  const others = wanted
    .list("activation")
    .filter((other) => other.id !== activation.id && targetOf(other) === target);
  return activation.audiences.flatMap((id, index) => {
    const other = others.find(({ audiences }) => audiences.includes(id));
    if (other === undefined) return [];
    return [
      {
        path: jsonPointer(["audiences", index]),
        message: `the activation "${other.name}" (\`${other.id}\`) sends \`${id}\` to ${target} already`,
        remedy: "Take the audience off one of the two.",
      },
    ];
  });
}

function unknown(
  user: Definition,
  path: readonly PropertyKey[],
  kind: Kind,
  id: string,
  { wanted, live, unreadable }: ReferenceContext,
): Fault[] {
  if (wanted.get(kind, id) !== undefined || unreadable.has(definitionKey(kind, id))) return [];
  if (live.get(kind, id) !== undefined) {
    return [
      {
        path: jsonPointer(path),
        message: `the ${user.kind} \`${user.id}\` uses the ${kind} \`${id}\`, which would be deleted`,
        remedy:
          kind === "audience"
            ? `Take the audience off the ${user.kind} \`${user.id}\` first.`
            : `Delete the ${user.kind} \`${user.id}\` first, or keep the ${kind}.`,
      },
    ];
  }
  const near = nearest(
    id,
    wanted.list(kind).map((known) => known.id),
  );
  return [
    {
      path: jsonPointer(path),
      message: `there is no ${kind} \`${id}\``,
      remedy: near === undefined ? `Define the ${kind} \`${id}\` as well.` : `Did you mean \`${near}\`?`,
    },
  ];
}
