import type { ResolvedRule } from "../resolved.ts";

export interface SharedRules {
  /** The column that says whether another audience's rule holds; the same for equal rules. */
  column(rule: ResolvedRule<"inAudience">): string;
  /** The columns, step by step: each reads leaves and the columns of earlier steps. */
  steps(): readonly (readonly string[])[];
}

/**
 * The rules that others name, each computed once as a column. Put in where they are named they would double with
 * every audience that names one twice.
 *
 * @param condition the condition of a rule, which asks here for those that it names
 */
export function sharedRules(condition: (rule: ResolvedRule) => string): SharedRules {
  const byRule = new Map<ResolvedRule, string>();
  const columns = new Map<string, { readonly name: string; readonly step: number }>();
  /** How many steps the condition that is being made needs before it. */
  let needed = 0;
  return {
    column({ of }) {
      const name = byRule.get(of) ?? compute(of);
      byRule.set(of, name);
      const step = [...columns.values()].find((column) => column.name === name)?.step ?? 0;
      needed = Math.max(needed, step + 1);
      return name;
    },
    steps() {
      const count = Math.max(0, ...[...columns.values()].map(({ step }) => step + 1));
      return Array.from({ length: count }, (_, at) =>
        [...columns].filter(([, { step }]) => step === at).map(([sql, { name }]) => `${sql} AS ${name}`),
      );
    },
  };

  function compute(rule: ResolvedRule): string {
    const outside = needed;
    needed = 0;
    const sql = condition(rule);
    const column = columns.get(sql) ?? { name: `s${columns.size}`, step: needed };
    columns.set(sql, column);
    needed = outside;
    return column.name;
  }
}
