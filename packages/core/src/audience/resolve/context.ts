import type { Catalog } from "../catalog.ts";
import type { Reporter } from "../report.ts";
import { MAXIMUM_DEPTH, MAXIMUM_LEAVES } from "../rule.ts";

/** What the walk over one rule shares. */
export interface ResolveContext {
  /** Absent: only the shape is checked, names are taken as they are. */
  readonly catalog: Catalog | undefined;
  /** Counts a leaf; the one too many is reported, once. */
  leaf(report: Reporter): void;
}

/** A place in the tree. */
export interface Place {
  readonly report: Reporter;
  readonly depth: number;
}

export function resolveContext(catalog: Catalog | undefined): ResolveContext {
  let leaves = 0;
  return {
    catalog,
    leaf(report) {
      leaves += 1;
      if (leaves === MAXIMUM_LEAVES + 1) {
        report.fault(
          `the rule has more than ${MAXIMUM_LEAVES} conditions`,
          "Put long lists of values into one condition with isAnyOf, or split the audience.",
        );
      }
    },
  };
}

/** Whether this place is deeper than a rule may be; reports it if so, and nothing below is looked at. */
export function tooDeep({ depth, report }: Place): boolean {
  if (depth <= MAXIMUM_DEPTH) return false;
  report.fault(
    `the rule is nested deeper than ${MAXIMUM_DEPTH} levels`,
    "Join nested groups of the same kind, or split the audience.",
  );
  return true;
}
