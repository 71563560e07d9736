import {
  arrayOf,
  type Cells,
  type ColumnType,
  type Compiled,
  compileExpression,
  type FaultSite,
  PeregrineError,
  present,
  type SchemaColumn,
  TIME_SQL,
  type Typed,
  textLiteral,
  textOf,
  truth,
} from "@peregrine/core";
import { engineType } from "../engine/index.ts";
import { isNested } from "./file/index.ts";
import type { ImportPlan } from "./import-plan.ts";

/** The mapping of one import as SQL. */
export interface MappingSql {
  /** Columns of the mapped table, as in CREATE TABLE. */
  readonly columns: string;
  /** What to select from a source that has `row`, `line` and the cells `c1`, `c2` and so on. */
  readonly select: string;
  /** Site n+1 is what `fault` = n+1 means. */
  readonly sites: readonly FaultSite[];
}

/** An attribute may be absent (left as it is), null (cleared) or there. */
export const PRESENCE = { absent: 0, null: 1, value: 2 } as const;

const OUTCOMES = { person: 1, event: 2, leftOut: 3, refused: 4 } as const;
export const OUTCOME_SQL = `Enum8(${Object.entries(OUTCOMES)
  .map(([name, number]) => `'${name}' = ${number}`)
  .join(", ")})`;

/** The engine's parser takes more, slowly; nobody writes a mapping that becomes this long. */
const LONGEST = 1024 * 1024;

export const valueColumn = (number: number): string => `v${number}`;
export const presenceColumn = (number: number): string => `p${number}`;

/** Compiles the mapping: one row in, one row out, whatever the cells hold; a faulty row says which fault. */
export function mappingSql(plan: ImportPlan): MappingSql {
  const { mapping, definition } = plan;
  const { dataflow, schema } = definition;
  const events = schema.parent === "Interaction";
  const cells: Cells = isNested(plan.reading)
    ? { tagged: true }
    : { tagged: false, emptyCells: dataflow.source.emptyCells };
  const compile = (typed: Typed) => compileExpression(typed, cells);
  const targets = mapping.targets.map(({ column, typed }) => ({ column, value: compile(typed) }));
  const leaveOut = mapping.leaveOut && compile(mapping.leaveOut);
  const time = mapping.time && compile(mapping.time);
  const tie = mapping.tieBreak && compile(mapping.tieBreak);
  const event = mapping.event && compile(mapping.event);
  const key = mapping.key && textOf(compile(mapping.key));

  const before = leaveOut?.faults ?? [];
  const after = [
    ...targets.flatMap(({ column, value }) => named(value, column.name).faults),
    ...required("time", time),
    ...(tie?.faults ?? []),
    ...required("event", event),
    ...(event === undefined ? [] : [empty("event", event)]),
    ...required("key", key),
  ];
  const leftOut = leaveOut === undefined ? "0" : truth(leaveOut);
  const fault = branches([
    ...before.map(({ when }, index) => [when, String(index + 1)] as const),
    [leftOut, "0"],
    ...after.map(({ when }, index) => [when, String(before.length + index + 1)] as const),
  ]);
  const outcome = branches(
    [
      ["fault != 0", String(OUTCOMES.refused)],
      [leftOut, String(OUTCOMES.leftOut)],
    ],
    String(events ? OUTCOMES.event : OUTCOMES.person),
  );
  const { row, time: came } = ofParts(plan);
  const instant = `fromUnixTimestamp64Milli(toInt64(${came}), 'UTC')`;
  const fixed: [name: string, type: string, sql: string][] = [
    ...(plan.parts === undefined ? [] : [["import", "UInt32", "import"] as [string, string, string]]),
    ["row", "UInt32", "row"],
    ["line", "UInt32", "line"],
    ["fault", "UInt16", `toUInt16(${fault})`],
    ["outcome", OUTCOME_SQL, `CAST(${outcome}, '${OUTCOME_SQL.replaceAll("'", "\\'")}')`],
    ["identifiers", "Array(Tuple(UInt32, String))", identifiers(plan, targets)],
    ["tuple", "UInt128", tuple(plan, targets)],
    ["time", TIME_SQL, time === undefined ? instant : `ifNull(${typedNull(time, "time").value}, ${instant})`],
    ["tie", "String", textValue(tie)],
    ["type", "LowCardinality(String)", textValue(event)],
    ["key", "UInt128", key === undefined ? row : hash(textValue(key))],
  ];
  const values = targets.flatMap(({ column, value }): [name: string, type: string, sql: string][] => {
    const number = catalogNumber(plan, column);
    const typed: [string, string, string] = [
      valueColumn(number),
      engineType(column.type),
      column.type === "list" ? arrayOf(value) : typedNull(value, column.type).value,
    ];
    return events ? [typed] : [typed, [presenceColumn(number), "UInt8", presence(value)]];
  });
  const all = [...fixed, ...values];
  const select = all.map(([name, , sql]) => `${sql} AS ${name}`).join(",\n  ");
  if (select.length > LONGEST) {
    throw new PeregrineError("fileDoesNotFit", {
      detail: `The mapping of \`${dataflow.id}\` is too long; split the dataflow, or shorten its expressions.`,
    });
  }
  return {
    columns: all.map(([name, type]) => `${name} ${type}`).join(", "),
    select,
    sites: [...before, ...after],
  };
}

/** The number of a schema's column in the catalog. */
export function catalogNumber(plan: ImportPlan, column: SchemaColumn): number {
  const number = plan.definition.columns[column.name];
  if (number === undefined) throw new Error(`the column ${column.name} has no catalog number`);
  return number;
}

type Targets = readonly { readonly column: SchemaColumn; readonly value: Compiled }[];

/** The mapped columns that hold identifiers, with the numbers of their kinds. */
function identifying(
  plan: ImportPlan,
  targets: Targets,
): { readonly kind: number; readonly value: string }[] {
  // Things name nobody, whatever their columns are called.
  if (plan.definition.schema.parent === "Catalog") return [];
  const kinds = new Map(plan.definition.identity.kinds.map(({ id, number }) => [id, number]));
  return targets.flatMap(({ column, value }) => {
    const kind = column.identifier === undefined ? undefined : kinds.get(column.identifier);
    // A kind that is deleted or was never defined names nobody.
    return kind === undefined ? [] : [{ kind, value: textValue(value) }];
  });
}

function identifiers(plan: ImportPlan, targets: Targets): string {
  const pairs = identifying(plan, targets).map(({ kind, value }) => `(toUInt32(${kind}), ${value})`);
  if (pairs.length === 0) return "CAST([], 'Array(Tuple(UInt32, String))')";
  return `arrayFilter(pair -> pair.2 != '', [${pairs.join(", ")}])`;
}

/** Names a list of identifiers. Of the bare values: hashing the array takes twice as long. */
function tuple(plan: ImportPlan, targets: Targets): string {
  const values = identifying(plan, targets).map(({ value }) => value);
  return values.length === 0 ? "toUInt128(0)" : hash(values.join(", "));
}

/** A text that is never NULL: empty where it is missing. */
function textValue(compiled: Compiled | undefined): string {
  if (compiled === undefined || compiled.type === "nothing") return "''";
  return compiled.nullable ? `ifNull(${compiled.value}, '')` : compiled.value;
}

/** The bare `null` has no type; a column of a table must have one. */
function typedNull(compiled: Compiled, type: ColumnType): Compiled {
  return compiled.type === "nothing"
    ? { ...compiled, value: `CAST(NULL, '${engineType(type).replaceAll("'", "\\'")}')` }
    : compiled;
}

function presence(compiled: Compiled): string {
  if (!compiled.nullable) return String(PRESENCE.value);
  const missing =
    compiled.absent === "0" ? PRESENCE.null : `if(${compiled.absent}, ${PRESENCE.absent}, ${PRESENCE.null})`;
  return compiled.type === "nothing"
    ? `${missing}`
    : `if(${present(compiled)}, ${PRESENCE.value}, ${missing})`;
}

/**
 * What names a row and when it came. A row's name is import and row number: plain numbers, which are made and
 * compressed at once, where a hash of them is 16 MB per 1 M. Of several imports a source has `import` besides.
 */
function ofParts({ importId, time, parts }: ImportPlan): { readonly row: string; readonly time: string } {
  if (parts === undefined)
    return { row: `toUInt128('${BigInt(importId) << 64n}') + row`, time: String(time) };
  const ids = parts.map((part) => part.importId).join(", ");
  const by = (values: readonly number[], type: string) =>
    `transform(import, [${ids}], CAST([${values.join(", ")}], 'Array(${type})'), CAST(0, '${type}'))`;
  const from = by(
    parts.map((part) => part.from),
    "UInt32",
  );
  return {
    row: `bitShiftLeft(toUInt128(import), 64) + toUInt128(row - ${from})`,
    time: by(
      parts.map((part) => part.time),
      "Int64",
    ),
  };
}

/** The number of a mapped row's import. */
export function importOf({ importId, parts }: ImportPlan): string {
  return parts === undefined ? String(importId) : "m.import";
}

/** A 128-bit number; ClickHouse gives the hash as 16 bytes. */
function hash(sql: string): string {
  return `reinterpretAsUInt128(sipHash128(${sql}))`;
}

function branches(cases: readonly (readonly [when: string, then: string])[], otherwise = "0"): string {
  const real = cases.filter(([when]) => when !== "0");
  if (real.length === 0) return otherwise;
  return `multiIf(${real.map(([when, then]) => `${when}, ${then}`).join(", ")}, ${otherwise})`;
}

/** Where a fault belongs to no single column of the file, the target it was meant for is named. */
function named(compiled: Compiled, target: string): Compiled {
  return { ...compiled, faults: compiled.faults.map((site) => ({ ...site, column: site.column ?? target })) };
}

/** What the mapping names must be there: an event without its time would be put at a time that is not its own. */
function required(role: "time" | "event" | "key", compiled: Compiled | undefined): FaultSite[] {
  if (compiled === undefined) return [];
  const { faults } = named(compiled, role);
  const missing = compiled.type === "nothing" ? "1" : `(NOT ${present(compiled)})`;
  if (!compiled.nullable) return [...faults];
  const reason = `${textLiteral(`the ${role} is missing`)}`;
  return [...faults, { when: missing, column: compiled.column ?? role, reason }];
}

function empty(role: string, compiled: Compiled): FaultSite {
  return {
    when: `(${textValue(compiled)} = '')`,
    column: compiled.column ?? role,
    reason: textLiteral(`the ${role} is empty`),
  };
}
