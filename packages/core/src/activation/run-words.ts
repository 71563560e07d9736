import type { RunState } from "./state.ts";

/** What a run does in each of its states, in the words of the pages. */
export const RUN_WORDS = {
  checking: "Checking who belongs to the audiences",
  attaching: "Preparing the segments",
  planning: "Working out who joins and who leaves",
  delivering: "Sending",
  describing: "Telling names and sizes",
  done: "Done",
  failed: "Failed",
  stopped: "Stopped",
} as const satisfies Record<RunState, string>;

/** What began a run. */
const TRIGGER_WORDS: Readonly<Record<string, string>> = {
  schedule: "By itself",
  changed: "A changed activation or audience",
  checked: "A check of an audience",
  import: "New data",
  dataflow: "A changed dataflow",
  rebuild: "A rebuild",
  deletion: "The deletion of a person",
  refill: "A segment that was gone there",
  manual: "By hand",
  test: "Test person",
};

/** Why a run began, in the words of the pages. */
export function triggerText(trigger: string): string {
  return TRIGGER_WORDS[trigger] ?? trigger;
}
