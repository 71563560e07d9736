import { Button } from "@mantine/core";
import { movementText } from "../Movement.tsx";
import type { AudienceView } from "../queries.ts";
import { useUsage } from "../usage.ts";
import type { DraftPreview } from "./use-preview.ts";

interface Props {
  readonly saved: AudienceView | undefined;
  readonly preview: DraftPreview;
  readonly isUnfinished: boolean;
  readonly isSaving: boolean;
  readonly onSave: () => void;
}

/** Saves, and says what is sent by that: "Save and send +312 / −87". */
export function SaveButton({ saved, preview, isUnfinished, isSaving, onSave }: Props) {
  const { activations = [] } = useUsage(saved?.id ?? "") ?? {};
  const isSent = saved !== undefined && activations.some(({ state }) => state === "active");
  const change = preview.isStale || isUnfinished ? null : preview.preview?.change;
  const moves =
    change == null ? "" : ` ${movementText({ joined: change.joins.size, left: change.leaves.size })}`;
  return (
    <Button loading={isSaving} onClick={onSave}>
      {isSent ? `Save and send${moves}` : "Save"}
    </Button>
  );
}
