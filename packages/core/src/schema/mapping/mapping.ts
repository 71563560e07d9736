import type { Fault } from "../../error.ts";
import type { Dataflow } from "../dataflow.ts";
import type { Schema, SchemaColumn } from "../schema.ts";
import { checkExpression, type Scope } from "./checker.ts";
import type { MissingColumn } from "./fault.ts";
import { parseExpression } from "./parser.ts";
import { nearest } from "./spelling.ts";
import type { Typed, ValueType } from "./typed.ts";

/** A dataflow's mapping whose names are known and whose types fit the schema. */
export interface CheckedMapping {
  readonly schema: Schema;
  /** In the order of the dataflow's `map`. */
  readonly targets: readonly { readonly column: SchemaColumn; readonly typed: Typed }[];
  readonly leaveOut: Typed | undefined;
  readonly time: Typed | undefined;
  readonly tieBreak: Typed | undefined;
  readonly event: Typed | undefined;
  readonly key: Typed | undefined;
}

export type MappingCheck =
  | { readonly ok: true; readonly mapping: CheckedMapping }
  | {
      readonly ok: false;
      readonly faults: readonly Fault[];
      /** Columns that the file lacks, each once; the faults tell where they are read. */
      readonly missing: readonly MissingColumn[];
      /** What of it is sound: enough to look at, never to import with. */
      readonly sound: CheckedMapping;
    };

const NO_FILE: Scope = { columns: undefined };

/**
 * Checks a dataflow against its schema and, where a file's columns are given, against the file. Reports every
 * fault with its path (`/map/total`) and the column in the expression where it stands.
 */
export function checkMapping(dataflow: Dataflow, schema: Schema, file: Scope = NO_FILE): MappingCheck {
  const faults: Fault[] = [];
  const missing = new Map<string, MissingColumn>();
  const found = { faults, missing };
  const read = (path: string, source: string | undefined, types: readonly ValueType[]): Typed | undefined =>
    source === undefined ? undefined : readExpression(path, source, types, file, found);

  const targets: { column: SchemaColumn; typed: Typed }[] = [];
  for (const [name, source] of Object.entries(dataflow.map)) {
    const path = `/map/${pointer(name)}`;
    const column = schema.columns.find((candidate) => candidate.name === name);
    if (column === undefined) {
      const near = nearest(
        name,
        schema.columns.map((candidate) => candidate.name),
      );
      faults.push({
        path,
        message: `the schema \`${schema.id}\` has no column \`${name}\``,
        remedy:
          near === undefined
            ? "map a column of the schema, or add the column to it"
            : `did you mean \`${near}\`?`,
      });
    } else {
      const typed = read(path, source, [column.type]);
      if (typed !== undefined) targets.push({ column, typed });
    }
  }
  const mapping = {
    schema,
    targets,
    leaveOut: read("/leaveOut", dataflow.leaveOut, ["boolean"]),
    time: read("/time", dataflow.time, ["time"]),
    tieBreak: read("/tieBreak", dataflow.tieBreak, ["text"]),
    event: read("/event", dataflow.event, ["text"]),
    key: read("/key", dataflow.key, ["text", "number", "boolean", "time"]),
  };
  faults.push(...parentFaults(dataflow, schema));
  return faults.length === 0
    ? { ok: true, mapping }
    : { ok: false, faults, missing: [...missing.values()], sound: mapping };
}

/** What an event expression can yield: its constant texts, and whether it can yield others too. */
export function eventTypesOf(dataflow: Dataflow): {
  readonly constants: readonly string[];
  readonly open: boolean;
} {
  if (dataflow.event === undefined) return { constants: [], open: false };
  const parsed = parseExpression(dataflow.event);
  const checked = parsed.ok ? checkExpression(parsed.node, NO_FILE) : undefined;
  if (checked === undefined || !checked.ok) return { constants: [], open: true };
  const constants = new Set<string>();
  const open = collect(checked.typed, constants);
  return { constants: [...constants], open };
}

function collect(typed: Typed, constants: Set<string>): boolean {
  if (typed.kind === "text") constants.add(typed.value);
  if (typed.kind === "text" || typed.kind === "null") return false;
  if (typed.kind !== "call" || (typed.name !== "if" && typed.name !== "coalesce")) return true;
  const results = typed.name === "if" ? typed.arguments.slice(1) : typed.arguments;
  return results.map((result) => collect(result, constants)).includes(true);
}

function readExpression(
  path: string,
  source: string,
  types: readonly ValueType[],
  file: Scope,
  { faults, missing: absent }: { readonly faults: Fault[]; readonly missing: Map<string, MissingColumn> },
): Typed | undefined {
  const parsed = parseExpression(source);
  const checked = parsed.ok
    ? checkExpression(parsed.node, file)
    : { ok: false as const, faults: parsed.faults };
  if (!checked.ok) {
    for (const { column, message, remedy, missing } of checked.faults) {
      if (missing !== undefined) absent.set(missing.name, missing);
      faults.push({
        path,
        message: `at character ${column}: ${message}`,
        ...(remedy === undefined ? {} : { remedy }),
      });
    }
    return undefined;
  }
  const { typed } = checked;
  if (typed.type === "nothing" || types.includes(typed.type)) return typed;
  const wanted = types.join(" or ");
  faults.push({
    path,
    message: `the expression yields ${typed.type}, and ${wanted} is expected`,
    remedy: `cast it: ${types[0]}(${source})`,
  });
  return undefined;
}

function parentFaults(dataflow: Dataflow, schema: Schema): Fault[] {
  const faults: Fault[] = [];
  const identifiers = schema.columns.filter((column) => column.identifier !== undefined);
  const namesSomebody = identifiers.some((column) => Object.hasOwn(dataflow.map, column.name));
  if (schema.parent !== "Catalog" && !namesSomebody) {
    faults.push({
      path: "/map",
      message: "no column that holds an identifier is mapped, so no row would name anybody",
      remedy: `map one of ${identifiers.map((column) => `\`${column.name}\``).join(", ")}`,
    });
  }
  if (schema.parent === "Interaction" && dataflow.event === undefined) {
    faults.push({
      path: "/event",
      message: "a dataflow of an Interaction schema says what type of event a row is",
    });
  }
  if (schema.parent !== "Interaction") {
    const described = schema.parent === "Catalog" ? "things" : "people";
    for (const member of ["event", "key"] as const) {
      if (dataflow[member] !== undefined) {
        faults.push({
          path: `/${member}`,
          message: `\`${member}\` is for events, and the schema \`${schema.id}\` describes ${described}`,
          remedy: "remove it, or use an Interaction schema",
        });
      }
    }
  }
  return faults;
}

/** A member's name inside a JSON pointer. */
function pointer(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
