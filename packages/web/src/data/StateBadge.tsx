import { Badge } from "@mantine/core";
import { DATAFLOW_STATE_WORDS, IMPORT_STATE_WORDS } from "@peregrine/core/data-words";
import type { DataflowState, ImportState } from "./queries.ts";

const WORDS: Readonly<Record<DataflowState | ImportState, string>> = {
  ...DATAFLOW_STATE_WORDS,
  ...IMPORT_STATE_WORDS,
};

/** Which colour a state has; the words say it too. */
const COLORS: Readonly<Record<DataflowState | ImportState, string>> = {
  draft: "gray",
  active: "teal",
  paused: "orange",
  queued: "blue",
  running: "blue",
  published: "teal",
  unchanged: "gray",
  refused: "red",
  failed: "red",
  validated: "gray",
};

/** How a dataflow or an import stands, in the words of the pages. */
export function StateBadge({ state }: { readonly state: DataflowState | ImportState }) {
  return (
    <Badge variant="light" color={COLORS[state]} c="var(--mantine-color-text)" tt="none" radius="sm">
      {WORDS[state]}
    </Badge>
  );
}
