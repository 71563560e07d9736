import { faultSentence } from "../fault-sentence.ts";
import type { SamplePreview } from "../queries.ts";

type Fault = SamplePreview["faults"][number];

/** The place of a column's expression, as the API writes it. */
export function mapPath(column: string): string {
  return `/map/${column.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** What is wrong at one place of the dataflow, with what to do. */
export function faultOf(faults: readonly Fault[], path: string): string | undefined {
  const fault = faults.find((one) => one.path === path || one.path.endsWith(path));
  return fault === undefined ? undefined : faultSentence({ ...fault, path: "" });
}

/** The faults that stand at none of the places. */
export function otherFaults(faults: readonly Fault[], paths: readonly string[]): readonly Fault[] {
  return faults.filter((fault) => !paths.some((path) => fault.path.endsWith(path)));
}
