import { WINDOW_FORMS, type WindowForm } from "./did-window.ts";
import { RULE_LABELS } from "./label.ts";
import { MEASURE_EXAMPLES, MEASURE_NAMES, MEASURE_OPERANDS } from "./measure.ts";
import { NODE_FORMS } from "./node.ts";
import { OPERATOR_NAMES, OPERATORS } from "./operator.ts";
import type { Occurrence } from "./resolved.ts";
import type { NodeKind } from "./rule.ts";

/** One thing that a rule may say. */
interface ReferenceRow {
  readonly name: string;
  /** As people read it. */
  readonly label: string;
  /** The types that it is asked of; absent where that is not the question. */
  readonly types?: readonly string[];
  /** As it stands in a rule, in YAML; `…` stands for what is left out. */
  readonly example: string;
  /** In a sentence without its end. */
  readonly meaning: string;
}

/** Everything that the language has, made from the tables by which rules are read. */
export interface RuleReference {
  readonly nodes: readonly ReferenceRow[];
  readonly operators: readonly ReferenceRow[];
  readonly measures: readonly ReferenceRow[];
  readonly windows: readonly ReferenceRow[];
  readonly occurrences: readonly ReferenceRow[];
}

const OCCURRENCES = {
  first: {
    example: "occurrence: first",
    meaning: "the first of all events that pass lies in the window: none came before it",
  },
  last: {
    example: "occurrence: last",
    meaning: "the last of all events that pass, up to now, lies in the window: none came after it",
  },
} as const satisfies Record<Occurrence, { readonly example: string; readonly meaning: string }>;

/** The words of rules with their meanings, for docs/rules.md and whoever shows the language. */
export function ruleReference(): RuleReference {
  const windows = Object.keys(WINDOW_FORMS) as readonly WindowForm[];
  return {
    nodes: (Object.keys(NODE_FORMS) as readonly NodeKind[]).map((name) => ({
      name,
      label: RULE_LABELS.node[name],
      ...NODE_FORMS[name],
    })),
    operators: OPERATOR_NAMES.map((name) => {
      const { types, example, meaning } = OPERATORS[name];
      return { name, label: RULE_LABELS.operator[name], types, example, meaning };
    }),
    measures: MEASURE_NAMES.map((name) => ({
      name,
      label: RULE_LABELS.measure[name],
      example: MEASURE_EXAMPLES[name],
      meaning: MEASURE_OPERANDS[name].description ?? "",
    })),
    windows: windows.map((name) => ({ name, label: RULE_LABELS.window[name], ...WINDOW_FORMS[name] })),
    occurrences: (Object.keys(OCCURRENCES) as readonly Occurrence[]).map((name) => ({
      name,
      label: RULE_LABELS.occurrence[name],
      ...OCCURRENCES[name],
    })),
  };
}

/** The reference as tables of Markdown, by the name of the table. */
export function referenceTables(): Readonly<Record<keyof RuleReference, string>> {
  const { nodes, operators, measures, windows, occurrences } = ruleReference();
  return {
    nodes: table(["node", "as people read it", "holds when"], nodes),
    operators: table(["operator", "as people read it", "of", "holds when"], operators),
    measures: table(["measure", "as people read it", "over the events that count"], measures),
    windows: table(["within", "as people read it", "an event counts when it lies in"], windows),
    occurrences: table(["occurrence", "as people read it", "holds when"], occurrences),
  };
}

function table(head: readonly string[], rows: readonly ReferenceRow[]): string {
  const lines = rows.map(({ example, label, types, meaning }) => [
    `\`${example}\``,
    label,
    ...(types === undefined ? [] : [types.join(", ")]),
    meaning,
  ]);
  return [head, head.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
