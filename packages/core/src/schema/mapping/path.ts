import type { Dataflow } from "../dataflow.ts";
import type { Node, NodeKind } from "./node.ts";
import { parseExpression } from "./parser.ts";

/** The steps from a nested row to a value: names of members. */
export type Path = readonly string[];

/** The one name of a path, as it is written in a mapping: `address.city`, `column("address", "street name")`. */
export function pathName(path: Path): string {
  const plain = path.every((step) => step !== "" && !/[."()]/.test(step));
  return plain
    ? path.join(".")
    : `column(${path.map((step) => `"${step.replaceAll('"', '""')}"`).join(", ")})`;
}

/** Every path that a dataflow's mapping names, once each, in the order of their names. */
export function mappedPaths(dataflow: Dataflow): Path[] {
  const { map, leaveOut, time, tieBreak, event, key } = dataflow;
  const found = new Map<string, Path>();
  for (const source of [...Object.values(map), leaveOut, time, tieBreak, event, key]) {
    for (const path of source === undefined ? [] : pathsOf(source)) found.set(pathName(path), path);
  }
  return [...found].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, path]) => path);
}

/** Every path that one expression names, once each; none where it can't be read. */
export function pathsOf(expression: string): Path[] {
  const parsed = parseExpression(expression);
  if (!parsed.ok) return [];
  return [...new Map(pathsIn(parsed.node).map((path) => [pathName(path), path])).values()];
}

/** Every column that an expression names. */
function pathsIn(node: Node): Path[] {
  const none = (): Path[] => [];
  const sides = (found: { readonly left: Node; readonly right: Node }) => [
    ...pathsIn(found.left),
    ...pathsIn(found.right),
  ];
  const rows = {
    text: none,
    number: none,
    boolean: none,
    null: none,
    column: (found) => [found.path],
    call: (found) => found.arguments.flatMap(pathsIn),
    not: (found) => pathsIn(found.operand),
    negate: (found) => pathsIn(found.operand),
    arithmetic: sides,
    comparison: sides,
    logic: sides,
  } satisfies { [Kind in NodeKind]: (node: Extract<Node, { kind: Kind }>) => Path[] };
  return (rows[node.kind] as (node: Node) => Path[])(node);
}
