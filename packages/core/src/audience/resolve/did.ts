import type { Catalog, CatalogEventSource } from "../catalog.ts";
import type { Comparison } from "../comparison.ts";
import { MICROS_PER_UNIT } from "../decimal.ts";
import { didYouMean } from "../did-you-mean.ts";
import { COMPARISON_NAMES, OPERATORS } from "../operator.ts";
import type { Reporter } from "../report.ts";
import type { ResolvedRule } from "../resolved.ts";
import { DID_PARTS } from "../rule.ts";
import type { Window } from "../window.ts";
import type { Place, ResolveContext } from "./context.ts";
import { resolveFilter } from "./filter.ts";
import { type OpenMeasure, resolveMeasure } from "./measure.ts";
import { has, isObject, readParts } from "./object.ts";
import { theOperator } from "./operand.ts";
import type { EventScope } from "./property.ts";
import { resolveWindow } from "./window.ts";

const COUNT: OpenMeasure = (comparison) => ({ kind: "count", comparison });
const EVER: Window = { kind: "ever" };
const AT_LEAST_ONCE: Comparison = { operator: "atLeast", value: MICROS_PER_UNIT };

/** `{ event: buy, where: …, measure: { sum: amount }, atLeast: 100, within: { last: 30, unit: days } }` */
export function resolveDid(
  value: unknown,
  { report, depth }: Place,
  context: ResolveContext,
): ResolvedRule | undefined {
  context.leaf(report);
  const read = readParts(value, DID_PARTS, report);
  if (read === undefined || !isObject(value)) return undefined;
  if (!has(value, "event")) {
    report.fault("it is not said which event", "Add `event` with the type of the event, such as buy.");
  }
  const { event } = read;
  const scope =
    event === undefined || context.catalog === undefined
      ? undefined
      : findEvent(event, context.catalog, report.at("event"));
  const filtered = has(value, "where");
  const where = filtered
    ? resolveFilter(value["where"], { report: report.at("where"), depth: depth + 1 }, scope, context)
    : undefined;
  const measured = has(value, "measure");
  const measure = measured ? resolveMeasure(value["measure"], scope, report.at("measure")) : COUNT;
  const comparison = resolveComparison(value, read, measured, report);
  const window = has(value, "within") ? resolveWindow(value["within"], report.at("within")) : EVER;
  const occurring = has(value, "occurrence");
  if (occurring) checkOccurrence(value, report);
  if (scope === undefined || measure === undefined || comparison === undefined) return undefined;
  if (window === undefined || (filtered && where === undefined)) return undefined;
  if (occurring && read.occurrence === undefined) return undefined;
  return {
    kind: "did",
    event: scope.event,
    schemas: scope.sources.map(({ schema }) => schema).sort((left, right) => left - right),
    ...(where === undefined ? {} : { where }),
    measure: measure(comparison),
    window,
    ...(read.occurrence === undefined ? {} : { occurrence: read.occurrence }),
  };
}

/** The first or last time is asked of all events at once: there is nothing to measure beside it. */
function checkOccurrence(value: Readonly<Record<string, unknown>>, report: Reporter): void {
  if (!has(value, "within")) {
    report
      .at("occurrence")
      .fault("it is not said in which window", "Add `within`, in which the first or last time has to lie.");
  }
  for (const key of ["measure", ...COMPARISON_NAMES]) {
    if (!has(value, key)) continue;
    report
      .at(key)
      .fault(
        `\`${key}\` cannot stand beside \`occurrence\``,
        "Put what is measured into a condition of its own, and both under `all`.",
      );
  }
}

function findEvent(event: string, catalog: Catalog, report: Reporter): EventScope | undefined {
  const sources: readonly CatalogEventSource[] = catalog.events.get(event) ?? catalog.openSources;
  if (sources.length > 0) return { event, sources };
  return report.fault(
    `there is no event \`${event}\``,
    didYouMean(event, catalog.events.keys()) ??
      `${known(catalog)}A dataflow of an Interaction schema brings it, by its constant or with its first row.`,
  );
}

/** So many types are named; `peregrine catalog` lists all of them. */
const MOST_NAMED = 8;

function known({ events }: Catalog): string {
  const names = [...events.keys()].sort().map((name) => `\`${name}\``);
  if (names.length === 0) return "";
  return `There ${names.length === 1 ? "is" : "are"} ${names.slice(0, MOST_NAMED).join(", ")}${names.length > MOST_NAMED ? " …" : ""}. `;
}

function resolveComparison(
  value: Readonly<Record<string, unknown>>,
  read: Readonly<Record<string, unknown>>,
  measured: boolean,
  report: Reporter,
): Comparison | undefined {
  const compared = COMPARISON_NAMES.some((name) => has(value, name));
  if (!compared && !measured) return AT_LEAST_ONCE;
  if (!compared && Object.keys(value).every((key) => Object.hasOwn(DID_PARTS, key))) {
    return report.fault(
      "it is not said what the measure is compared with",
      `Add one of ${COMPARISON_NAMES.join(", ")} beside \`measure\`.`,
    );
  }
  const name = theOperator(value, COMPARISON_NAMES, DID_PARTS, report);
  const operand = name === undefined ? undefined : read[name];
  if (name === undefined || operand === undefined) return undefined;
  const resolved = OPERATORS[name].resolve(operand, {
    type: "number",
    ignoreCase: false,
    of: "measure",
    report: report.at(name),
  });
  return resolved?.test.kind === "number" ? resolved.test.comparison : undefined;
}
