import type { Fault } from "../error.ts";
import type { Catalog } from "./catalog.ts";
import { didYouMean } from "./did-you-mean.ts";
import { faultReport, wordFor } from "./report.ts";
import { resolveInAudience } from "./resolve/audience.ts";
import {
  type Place,
  type ResolveContext,
  type ResolveResult,
  resolveContext,
  resolveWalk,
  tooDeep,
} from "./resolve/context.ts";
import { resolveDid } from "./resolve/did.ts";
import { resolveBranches } from "./resolve/group.ts";
import { resolveHave } from "./resolve/have.ts";
import { isObject } from "./resolve/object.ts";
import type { ResolvedRule } from "./resolved.ts";
import { type NodeKind, type Rule, ruleSchema } from "./rule.ts";
import { RULE_TO_WRITE } from "./rule-to-write.ts";

export type { ResolveResult } from "./resolve/context.ts";
export type ParseResult = { readonly ok: Rule } | { readonly faults: readonly Fault[] };

type NodeResolver = (value: unknown, place: Place, context: ResolveContext) => ResolvedRule | undefined;

const NODES = {
  all: (value, place, context) => group("all", value, place, context),
  any: (value, place, context) => group("any", value, place, context),
  not: (value, { report, depth }, context) => {
    const of = resolveNode(value, { report, depth: depth + 1 }, context);
    return of === undefined ? undefined : { kind: "not", of };
  },
  have: resolveHave,
  did: resolveDid,
  inAudience: resolveInAudience,
  everyone: (value, { report }, context) => {
    context.leaf(report);
    return value === true ? { kind: "everyone" } : report.fault("only `true` can stand here");
  },
} as const satisfies Record<NodeKind, NodeResolver>;

const NODE_KINDS = Object.keys(NODES) as readonly NodeKind[];

/**
 * Settles a rule, as it came from JSON or YAML, against what can be named. Gives the resolved rule, or every
 * fault of shape, name, type and number at once, each with its JSON path below the rule.
 *
 * @param audience id of the audience whose rule it is or will be, which it must not name, nor may those that it names
 */
export function resolveRule(rule: unknown, catalog: Catalog, audience?: string): ResolveResult {
  const walk = resolveWalk(catalog, resolveWhole);
  return resolveWhole(rule, resolveContext(walk, audience === undefined ? [] : [audience]));
}

function resolveWhole(rule: unknown, context: ResolveContext): ResolveResult {
  const { report, faults } = faultReport();
  const resolved = resolveNode(rule, { report, depth: 1 }, context);
  if (faults.length > 0) return { faults };
  // An unresolved part without a fault would be one that was dropped.
  if (resolved === undefined) throw new TypeError("a rule was not resolved, and no fault says why");
  return { ok: resolved };
}

/** Checks the shape alone, where no catalog is at hand; names and types are left to {@link resolveRule}. */
export function parseRule(rule: unknown): ParseResult {
  const { report, faults } = faultReport();
  const context = resolveContext(resolveWalk(undefined, resolveWhole), []);
  resolveNode(rule, { report, depth: 1 }, context);
  return faults.length === 0 ? { ok: ruleSchema.parse(rule) } : { faults };
}

function resolveNode(value: unknown, place: Place, context: ResolveContext): ResolvedRule | undefined {
  if (tooDeep(place)) return undefined;
  const { report, depth } = place;
  if (!isObject(value)) {
    return report.fault(`a condition is expected here, but ${wordFor(value)} stands here`, HOW);
  }
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  const resolved = keys.map((key) => {
    if (key === RULE_TO_WRITE)
      return report.at(key).fault("the rule of this audience is still to be written", HOW_TO_WRITE);
    const kind = NODE_KINDS.find((known) => known === key);
    if (kind !== undefined) return NODES[kind](value[key], { report: report.at(key), depth }, context);
    return report.at(key).fault(`\`${key}\` is not a condition`, didYouMean(key, NODE_KINDS) ?? HOW);
  });
  if (keys.length === 1) return resolved[0];
  const known = keys.filter((key) => Object.hasOwn(NODES, key));
  // What is not a condition was told already: without it nothing would stand side by side.
  if (keys.length > 0 && known.length < 2) return undefined;
  const message = keys.length === 0 ? "nothing stands here" : `${keys.join(" and ")} stand side by side`;
  return report.fault(message, HOW);
}

const HOW_TO_WRITE = `Write a condition in place of \`${RULE_TO_WRITE}\`; docs/rules.md has them all.`;
const HOW = `One of ${NODE_KINDS.join(", ")} stands here; several go under \`all\` or \`any\`.`;

function group(
  kind: "all" | "any",
  value: unknown,
  place: Place,
  context: ResolveContext,
): ResolvedRule | undefined {
  const of = resolveBranches(value, place, (branch, at) => resolveNode(branch, at, context));
  return of === undefined ? undefined : { kind, of };
}
