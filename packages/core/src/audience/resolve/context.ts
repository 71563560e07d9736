import type { Fault } from "../../error.ts";
import type { Catalog } from "../catalog.ts";
import type { Reporter } from "../report.ts";
import type { ResolvedRule } from "../resolved.ts";
import { MAXIMUM_DEPTH, MAXIMUM_LEAVES } from "../rule.ts";

export type ResolveResult = { readonly ok: ResolvedRule } | { readonly faults: readonly Fault[] };

/** What the walk over one rule shares. */
export interface ResolveContext {
  /** Absent: only the shape is checked, names are taken as they are. */
  readonly catalog: Catalog | undefined;
  /** Counts a leaf; the one too many is reported, once. */
  leaf(report: Reporter): void;
  /** The audiences from the one that is named to the place where it is named again; undefined: there is no circle. */
  cycleWith(id: string): readonly string[] | undefined;
  /** Whether too many audiences stand in a row: on the way to this place, or in what was found below it. */
  chainTooLong(): boolean;
  /** Resolves another audience's rule, once per walk however often it is named. */
  audience(id: string, rule: unknown): ResolveResult;
}

/** A place in the tree. */
export interface Place {
  readonly report: Reporter;
  readonly depth: number;
}

/** So many audiences may name one another in a row: each is a step of the compiled statement. */
export const MAXIMUM_CHAIN = 20;

/** What the walks over a rule and over those that it names share. */
interface Walk {
  readonly catalog: Catalog | undefined;
  /** Resolves the whole of another audience's rule in a context of its own. */
  readonly resolve: (rule: unknown, context: ResolveContext) => ResolveResult;
  /** By id, so that a rule that is named along many ways is resolved once. */
  readonly done: Map<string, Named>;
}

interface Named {
  readonly result: ResolveResult;
  /** How many audiences stand in a row from this one on; 1 names none. */
  readonly height: number;
}

/**
 * @param chain ids of the audiences that were entered, from the outermost; the first may be the one that is resolved
 */
export function resolveContext(walk: Walk, chain: readonly string[]): ResolveContext {
  return contextIn(walk, chain, walk.catalog).context;
}

/** What was resolved of other audiences; empty before anything was. */
export function resolveWalk(catalog: Catalog | undefined, resolve: Walk["resolve"]): Walk {
  return { catalog, resolve, done: new Map() };
}

function contextIn(
  walk: Walk,
  chain: readonly string[],
  catalog: Catalog | undefined,
): { readonly context: ResolveContext; readonly height: () => number } {
  let leaves = 0;
  let below = 0;
  const context: ResolveContext = {
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
    cycleWith(id) {
      const from = chain.indexOf(id);
      return from < 0 ? undefined : [...chain.slice(from), id];
    },
    chainTooLong: () => chain.length > MAXIMUM_CHAIN || below > MAXIMUM_CHAIN,
    audience(id, rule) {
      const named = walk.done.get(id) ?? enter(id, rule);
      walk.done.set(id, named);
      below = Math.max(below, named.height);
      return named.result;
    },
  };
  return { context, height: () => below + 1 };

  function enter(id: string, rule: unknown): Named {
    const inner = contextIn(walk, [...chain, id], catalog === undefined ? undefined : forSaved(catalog));
    const result = walk.resolve(rule, inner.context);
    return { result, height: inner.height() };
  }
}

/** What the rule of another audience may name. */
function forSaved(catalog: Catalog): Catalog {
  return { ...catalog, openSources: catalog.openToSaved ?? catalog.openSources };
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
