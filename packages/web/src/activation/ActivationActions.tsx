import { Button, Group, Menu, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api } from "../api/client.ts";
import { useMayEdit } from "../session/use-may-edit.ts";
import { Dialog } from "../shell/Dialog.tsx";
import { ProblemAlert } from "../shell/ProblemAlert.tsx";
import { changeActivation } from "./change-activation.ts";
import { DeleteActivation } from "./DeleteActivation.tsx";
import type { ActivationStatus, ShownActivation } from "./queries.ts";
import { TestPerson } from "./TestPerson.tsx";
import { keepDraft } from "./wizard/draft.ts";

interface Props {
  readonly activation: ShownActivation;
  readonly status: ActivationStatus;
}

/** What can be done with an activation as a whole. */
export function ActivationActions({ activation, status }: Props) {
  const { id } = activation;
  const isPaused = activation.state === "paused";
  const queries = useQueryClient();
  const navigate = useNavigate();
  const mayEdit = useMayEdit();
  const [isTesting, testing] = useDisclosure(false);
  const [isDeleting, deleting] = useDisclosure(false);
  const after = () => queries.invalidateQueries({ queryKey: ["activations"] });
  const run = useMutation({
    mutationFn: () => api.POST("/api/v1/activations/{id}/runs", { params: { path: { id } } }),
    onSettled: after,
  });
  const resync = useMutation({
    mutationFn: () => api.POST("/api/v1/activations/{id}/resync", { params: { path: { id } } }),
    onSettled: after,
  });
  const pause = useMutation({
    mutationFn: () => changeActivation(activation, { state: isPaused ? "active" : "paused" }),
    onSettled: after,
  });
  if (!mayEdit) return null;
  const isFromFile = activation.origin === "file";
  const duplicate = async () => {
    keepDraft(activation);
    await navigate({ to: "/activations/new/ibexa" });
  };
  return (
    <Stack gap="xs" align="flex-end">
      <Group gap="sm">
        {isFromFile ? null : (
          <Button variant="default" onClick={() => pause.mutate()} loading={pause.isPending}>
            {isPaused ? "Resume" : "Pause"}
          </Button>
        )}
        <Button onClick={() => run.mutate()} loading={run.isPending} disabled={isPaused}>
          Run now
        </Button>
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" aria-label="More actions">
              …
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={testing.open}>Send one test person</Menu.Item>
            <Menu.Item onClick={() => void duplicate()}>Duplicate</Menu.Item>
            <Menu.Item onClick={() => resync.mutate()} disabled={isPaused}>
              Send everything again
            </Menu.Item>
            {isFromFile ? null : (
              <Menu.Item color="red" onClick={deleting.open}>
                Delete
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      </Group>
      <ProblemAlert error={run.error ?? pause.error ?? resync.error} />
      <Dialog title="Send one test person" opened={isTesting} onClose={testing.close} size="lg">
        <TestPerson id={id} hasFocus />
      </Dialog>
      <DeleteActivation
        activation={activation}
        status={status}
        opened={isDeleting}
        onClose={deleting.close}
      />
    </Stack>
  );
}
