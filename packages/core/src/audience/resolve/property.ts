import type { CatalogEventSource } from "../catalog.ts";
import { didYouMean } from "../did-you-mean.ts";
import type { Reporter } from "../report.ts";
import type { PropertyReference } from "../resolved.ts";

/** The event whose properties can be named; undefined sources: the event is unknown, names are not checked. */
export interface EventScope {
  readonly event: string;
  readonly sources: readonly CatalogEventSource[];
}

/** Finds a property in the schemas that bring the event; reports a name that none of them has. */
export function findProperty(
  name: string,
  { event, sources }: EventScope,
  report: Reporter,
): PropertyReference | undefined {
  const found = sources.flatMap(({ schema, properties }) => {
    const property = properties.get(name);
    return property === undefined ? [] : [{ schema, ...property }];
  });
  const [first] = found;
  if (first === undefined) {
    const known = new Set(sources.flatMap(({ properties }) => [...properties.keys()]));
    return report.fault(
      `the event \`${event}\` has no property \`${name}\``,
      didYouMean(name, known) ?? `It has: ${[...known].slice(0, 20).join(", ") || "none"}.`,
    );
  }
  const types = new Set(found.map(({ type }) => type));
  if (types.size > 1) {
    return report.fault(
      `the property \`${name}\` of \`${event}\` has different types in several schemas: ${[...types].join(", ")}`,
      "Give the columns different names, or the same type.",
    );
  }
  return {
    name,
    type: first.type,
    columns: found
      .map(({ schema, column }) => ({ schema, column }))
      .sort((left, right) => left.schema - right.schema),
  };
}
