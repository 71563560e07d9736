import { Loader, Modal } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Suspense } from "react";
import { VersionHistory } from "../page/VersionHistory.tsx";
import { type AudienceView, audienceQuery } from "../queries.ts";

interface Props {
  readonly saved: AudienceView;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onRestored: (audience: AudienceView) => void;
}

/** The versions of what is edited; restoring one takes the place of what was edited. */
export function HistoryDialog({ saved, opened, onClose, onRestored }: Props) {
  const queries = useQueryClient();
  const restored = async () => {
    const audience = await queries.fetchQuery({ ...audienceQuery(saved.id), staleTime: 0 });
    onClose();
    onRestored(audience);
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="History"
      size="xl"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Suspense fallback={<Loader size="sm" aria-label="Loading the history" />}>
        <VersionHistory id={saved.id} current={saved.version} mayRestore onRestored={() => void restored()} />
      </Suspense>
    </Modal>
  );
}
