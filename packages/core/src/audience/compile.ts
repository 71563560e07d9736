import { profilesWithConditions } from "./compile/bits.ts";
import { type DidLeaves, didLeaves } from "./compile/did.ts";
import type { EventPass } from "./compile/event-pass.ts";
import { type HaveLeaves, haveLeaves } from "./compile/have.ts";
import { type ParameterValue, parameterList } from "./compile/parameters.ts";
import { type SharedRules, sharedRules } from "./compile/shared.ts";
import type { ResolvedRule, RuleKind } from "./resolved.ts";
import type { Moment } from "./window.ts";

/** The views that a statement reads, with the columns of each; the engine makes them for exactly these. */
export interface CompiledNeeds {
  readonly profiles: true;
  /** Catalog numbers read from `attribute_view`. */
  readonly attributes: readonly number[];
  /** `event_view_<schema>`, with the catalog numbers of the columns. */
  readonly events: readonly { readonly schema: number; readonly columns: readonly number[] }[];
}

export interface CompiledRules {
  /** `SELECT profile, r0, r1, …`: one row per profile, a UInt8 per rule. Stands behind the views' `WITH`. */
  readonly sql: string;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly needs: CompiledNeeds;
  /** The column of each rule, in the order in which the rules were given. */
  readonly columns: readonly string[];
}

/** What is known of the data beforehand, so that a statement need not ask for what is not there. */
export interface KnownData {
  /** Catalog numbers of attributes some of whose rows have a tie-break; absent: any may. */
  readonly tiedAttributes?: ReadonlySet<number>;
}

/** The leaves of all rules of one statement: equal ones are computed once, and a node sees them as columns. */
interface Leaves {
  readonly have: HaveLeaves;
  readonly did: DidLeaves;
  readonly shared: SharedRules;
}

const NODES: {
  readonly [Kind in RuleKind]: (rule: ResolvedRule<Kind>, leaves: Leaves) => string;
} = {
  all: ({ of }, leaves) => joined(of, "AND", leaves),
  any: ({ of }, leaves) => joined(of, "OR", leaves),
  not: ({ of }, leaves) => `NOT ${condition(of, leaves)}`,
  everyone: () => "1",
  have: (rule, leaves) => leaves.have.column(rule),
  did: (rule, leaves) => leaves.did.column(rule),
  inAudience: (rule, leaves) => leaves.shared.column(rule),
};

/**
 * Many rules as one statement: a grouped pass over each attribute and one over the events of each type, put together
 * by profile; the trees are evaluated on the conditions as columns. Every column is 0 or 1, never NULL.
 */
export function compileRules(
  rules: readonly ResolvedRule[],
  moment: Moment,
  { tiedAttributes }: KnownData = {},
): CompiledRules {
  const { bind, values } = parameterList();
  const leaves: Leaves = {
    have: haveLeaves(bind, moment, tiedAttributes ?? "any"),
    did: didLeaves(bind, moment),
    shared: sharedRules((rule) => condition(rule, leaves)),
  };
  const conditions = rules.map((rule) => condition(rule, leaves));
  const columns = rules.map((_, index) => `r${index}`);
  const selected = conditions.map((sql, index) => `${sql} AS r${index}`);
  const eventPasses = leaves.did.passes();
  const passes = [...leaves.have.passes(), ...eventPasses];
  const people = passes.length === 0 ? "profile_view" : `(${profilesWithConditions(passes)})`;
  const from = leaves.shared
    .steps()
    .reduce((inner, step) => `(SELECT ${["*", ...step].join(",\n  ")}\nFROM ${inner})`, people);
  const sql = `SELECT ${["profile", ...selected].join(",\n  ")}\nFROM ${from}`;
  const needs = {
    profiles: true,
    attributes: leaves.have.attributes(),
    events: eventNeeds(eventPasses),
  } as const;
  return { sql, parameters: values, needs, columns };
}

/** What the passes read together, each view once. */
function eventNeeds(passes: readonly EventPass[]): CompiledNeeds["events"] {
  const read = passes.flatMap(({ events }) => events);
  return [...new Set(read.map(({ schema }) => schema))].map((schema) => {
    const columns = read.filter((one) => one.schema === schema).flatMap((one) => one.columns);
    return { schema, columns: [...new Set(columns)].sort((left, right) => left - right) };
  });
}

function condition<Kind extends RuleKind>(rule: ResolvedRule<Kind>, leaves: Leaves): string {
  return NODES[rule.kind](rule, leaves);
}

function joined(rules: readonly ResolvedRule[], word: "AND" | "OR", leaves: Leaves): string {
  return `(${rules.map((rule) => condition(rule, leaves)).join(` ${word} `)})`;
}
