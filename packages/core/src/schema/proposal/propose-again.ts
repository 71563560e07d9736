import type { Dataflow } from "../dataflow.ts";
import { pathName, pathsOf } from "../mapping/path.ts";
import type { Schema } from "../schema.ts";
import { check, type Proposal, type ProposalInput, type ProposedColumn, propose } from "./propose.ts";
import type { Role } from "./roles.ts";

/**
 * What a dataflow that is there makes of a sample's columns, in the form of a proposal, so that its mapping can be
 * changed as one that was proposed: a column of the file that an expression reads alone becomes that column of the
 * schema; what reads several columns, none, or one that is taken already is computed; the others are left out.
 *
 * @param input with the dataflow's schema
 */
export function proposeAgain(input: ProposalInput, dataflow: Dataflow): Proposal {
  const fresh = propose(input);
  const { schema } = input;
  const taken = new Map<string, string>();
  for (const [target, expression] of inOrderOfClaim(dataflow, fresh)) {
    const source = columnRead(expression, input);
    if (source !== undefined && !taken.has(source)) taken.set(source, target);
  }
  const targets = new Set(taken.values());
  const columns = fresh.columns.map((column): ProposedColumn => {
    const target = taken.get(column.source);
    if (target === undefined) {
      return { ...column, target: null, identifier: null, why: "The mapping does not take it." };
    }
    return { ...column, ...ofMapping(column, target, dataflow, schema) };
  });
  const computed = Object.entries(dataflow.map)
    .filter(([target]) => !targets.has(target))
    .map(([target, expression]) => ({ target, type: typeOf(schema, target), expression }));
  const again = { ...dataflow, source: { ...dataflow.source, ...input.source } };
  return {
    columns,
    computed,
    roles: {
      time: roleOf(dataflow.time),
      tieBreak: roleOf(dataflow.tieBreak),
      event: roleOf(dataflow.event),
      key: roleOf(dataflow.key),
    },
    identifiers: [],
    schema,
    dataflow: again,
    documents: [again],
    notes: [],
    faults: check(schema, again, input).faults,
  };
}

/** An expression as it would be proposed has a better claim to its column than one that somebody wrote. */
function inOrderOfClaim({ map }: Dataflow, { columns }: Proposal): readonly (readonly [string, string])[] {
  const proposed = new Set(
    columns.flatMap(({ expression, alternatives }) => [
      expression,
      ...alternatives.map((one) => one.expression),
    ]),
  );
  const entries = Object.entries(map);
  const isProposed = ([, expression]: readonly [string, string]) => proposed.has(expression);
  return [...entries.filter(isProposed), ...entries.filter((entry) => !isProposed(entry))];
}

/** The one column of the sample that an expression reads; undefined where it reads several, none, or one that is gone. */
function columnRead(expression: string, { columns, nested }: ProposalInput): string | undefined {
  const [path, another] = pathsOf(expression);
  if (path === undefined || another !== undefined) return undefined;
  const name = nested ? pathName(path) : path.join(".");
  return columns.find((column) => column.name === name)?.name;
}

function ofMapping(
  { expression: proposed, share, alternatives, type, source }: ProposedColumn,
  target: string,
  { map }: Dataflow,
  schema: Schema | undefined,
): Partial<ProposedColumn> {
  const expression = map[target] ?? source;
  const tried = [{ expression: proposed, share }, ...alternatives].find(
    (one) => one.expression === expression,
  );
  const column = schema?.columns.find(({ name }) => name === target);
  return {
    target,
    type: column?.type ?? type,
    expression,
    identifier: column?.identifier ?? null,
    share: tried?.share ?? null,
    why: "The mapping has it so.",
    doubt: null,
  };
}

function typeOf(schema: Schema | undefined, target: string): ProposedColumn["type"] {
  return schema?.columns.find(({ name }) => name === target)?.type ?? "text";
}

function roleOf(expression: string | undefined): Role | null {
  return expression === undefined ? null : { expression, why: "", alternatives: [] };
}
