import { wordFor } from "../report.ts";
import type { ResolvedFilter } from "../resolved.ts";
import { PROPERTY_PARTS } from "../rule.ts";
import { type Place, type ResolveContext, tooDeep } from "./context.ts";
import { resolveBranches } from "./group.ts";
import { has, isObject, readParts } from "./object.ts";
import { resolveTest } from "./operand.ts";
import { type EventScope, findProperty } from "./property.ts";

const GROUPS = ["all", "any", "not"] as const;

/** Resolves `where`; without a scope (the event is unknown) only the shape is checked. */
export function resolveFilter(
  value: unknown,
  place: Place,
  scope: EventScope | undefined,
  context: ResolveContext,
): ResolvedFilter | undefined {
  if (tooDeep(place)) return undefined;
  const { report, depth } = place;
  if (!isObject(value)) {
    return report.fault(`a condition is expected here, but ${wordFor(value)} stands here`, HOW);
  }
  const group = GROUPS.find((name) => has(value, name));
  if (group === undefined) return resolveProperty(value, place, scope, context);
  for (const key of Object.keys(value)) {
    if (key !== group) report.at(key).fault(`\`${key}\` cannot stand beside \`${group}\``, HOW);
  }
  const resolveBranch = (branch: unknown, at: Place) => resolveFilter(branch, at, scope, context);
  const below = { report: report.at(group), depth };
  if (group === "not") {
    const of = resolveBranch(value[group], { ...below, depth: depth + 1 });
    return of === undefined ? undefined : { kind: "not", of };
  }
  const of = resolveBranches(value[group], below, resolveBranch);
  return of === undefined ? undefined : { kind: group, of };
}

const HOW = "Write `{ property: …, is: … }`, or a group of such: all, any, not.";

function resolveProperty(
  value: Readonly<Record<string, unknown>>,
  { report }: Place,
  scope: EventScope | undefined,
  context: ResolveContext,
): ResolvedFilter | undefined {
  context.leaf(report);
  const read = readParts(value, PROPERTY_PARTS, report);
  if (!has(value, "property")) {
    report.fault("it is not said which property", "Add `property` with the property's name.");
  }
  const property =
    read?.property === undefined || scope === undefined
      ? undefined
      : findProperty(read.property, scope, report.at("property"));
  const test = resolveTest(value, read ?? {}, property?.type, PROPERTY_PARTS, "property", report);
  if (property === undefined || test === undefined) return undefined;
  const filter: ResolvedFilter = { kind: "property", property, test: test.test };
  return test.opposite ? { kind: "not", of: filter } : filter;
}
