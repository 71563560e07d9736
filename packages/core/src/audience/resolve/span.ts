import type { Reporter } from "../report.ts";
import { isLater, readTimePoint } from "../time-point.ts";
import type { Span } from "../window.ts";

/** From one day or instant to another, both included; reports a first one that lies behind the second. */
export function readBetween(
  [first, second]: readonly [unknown, unknown],
  report: Reporter,
): Span<"between"> | undefined {
  const from = readTimePoint(first, report.at(0));
  const to = readTimePoint(second, report.at(1));
  if (from === undefined || to === undefined) return undefined;
  if (isLater(from, to)) return report.fault("the first time is later than the second", "Swap the two.");
  return { kind: "between", from, to };
}
