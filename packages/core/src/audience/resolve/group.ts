import { wordFor } from "../report.ts";
import type { Place } from "./context.ts";

/** Resolves each branch of `all` or `any`; undefined if one of them, or the list itself, has faults. */
export function resolveBranches<Resolved>(
  value: unknown,
  place: Place,
  resolveBranch: (value: unknown, place: Place) => Resolved | undefined,
): readonly Resolved[] | undefined {
  if (!Array.isArray(value)) {
    return place.report.fault(`a list is expected here, but ${wordFor(value)} stands here`);
  }
  const branches: readonly unknown[] = value;
  if (branches.length === 0) {
    return place.report.fault("the list is empty", "Add a condition, or remove this group.");
  }
  const resolved = branches.map((branch, index) =>
    resolveBranch(branch, { report: place.report.at(index), depth: place.depth + 1 }),
  );
  const whole = resolved.filter((branch) => branch !== undefined);
  return whole.length === resolved.length ? whole : undefined;
}
