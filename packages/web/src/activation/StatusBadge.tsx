import { Badge } from "@mantine/core";
import { STATUS_WORDS } from "@peregrine/core";
import type { SegmentStatus } from "./queries.ts";

/** Which colour a status has; the words say it too. */
const COLORS: Readonly<Record<SegmentStatus["status"], string>> = {
  notYetSynced: "gray",
  queued: "blue",
  synchronizing: "blue",
  upToDate: "teal",
  partlyRefused: "orange",
  failed: "red",
  paused: "gray",
  heldForApproval: "orange",
};

/** A synchronization status in the words of the pages. */
export function StatusBadge({ status }: { readonly status: SegmentStatus["status"] }) {
  return (
    <Badge variant="light" color={COLORS[status]} c="var(--mantine-color-text)" tt="none" radius="sm">
      {STATUS_WORDS[status]}
    </Badge>
  );
}
