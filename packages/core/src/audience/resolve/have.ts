import type { Catalog, CatalogAttribute } from "../catalog.ts";
import { didYouMean } from "../did-you-mean.ts";
import type { Reporter } from "../report.ts";
import type { ResolvedRule } from "../resolved.ts";
import { HAVE_PARTS } from "../rule.ts";
import type { Place, ResolveContext } from "./context.ts";
import { has, isObject, readParts } from "./object.ts";
import { resolveTest } from "./operand.ts";

/** `{ attribute: country, is: United Kingdom }` */
export function resolveHave(
  value: unknown,
  { report }: Place,
  context: ResolveContext,
): ResolvedRule | undefined {
  context.leaf(report);
  const read = readParts(value, HAVE_PARTS, report);
  if (read === undefined || !isObject(value)) return undefined;
  if (!has(value, "attribute")) {
    report.fault("it is not said which attribute", "Add `attribute` with the attribute's name.");
  }
  const attribute =
    read.attribute === undefined || context.catalog === undefined
      ? undefined
      : findAttribute(read.attribute, context.catalog, report.at("attribute"));
  const test = resolveTest(value, read, attribute?.type, HAVE_PARTS, "attribute", report);
  if (read.attribute === undefined || attribute === undefined || test === undefined) return undefined;
  const have: ResolvedRule = {
    kind: "have",
    attribute: read.attribute,
    type: attribute.type,
    numbers: [...attribute.numbers].sort((left, right) => left - right),
    test: test.test,
  };
  return test.opposite ? { kind: "not", of: have } : have;
}

function findAttribute(name: string, catalog: Catalog, report: Reporter): CatalogAttribute | undefined {
  const found = catalog.attributes.get(name);
  if (found !== undefined) return found;
  return report.fault(
    `there is no attribute \`${name}\``,
    didYouMean(name, catalog.attributes.keys()) ?? "A schema of PersonalData with this column brings it.",
  );
}
