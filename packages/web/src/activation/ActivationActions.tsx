import { Button, Group, Menu, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../api/client.ts";
import { isOvertaken } from "../api/overtaken.ts";
import { useMayEdit } from "../session/use-may-edit.ts";
import { Dialog } from "../shell/Dialog.tsx";
import { ProblemAlert } from "../shell/ProblemAlert.tsx";
import { useSeen } from "../shell/use-seen.ts";
import { ActivationConflict } from "./ActivationConflict.tsx";
import { changeActivation, type PeopleChoice } from "./change-activation.ts";
import { PeopleChoiceField } from "./PeopleChoiceField.tsx";
import { type ActivationStatus, activationsQuery, type ShownActivation } from "./queries.ts";
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

interface DeleteProps extends Props {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Deletes an activation when its name was typed, and does with its people what was chosen. */
function DeleteActivation({ activation, status, opened, onClose }: DeleteProps) {
  const seen = useSeen(activation, opened);
  const { id, name } = activation;
  const [choice, setChoice] = useState<PeopleChoice>("takeOut");
  const [typed, setTyped] = useState("");
  const queries = useQueryClient();
  const navigate = useNavigate();
  const inside = status.segments.reduce(
    (sum, { accepted, leaving }) => sum + accepted + leaving.waiting + leaving.refused + leaving.held,
    0,
  );
  const remove = useMutation({
    mutationFn: (version: number) =>
      api.DELETE("/api/v1/activations/{id}", {
        params: { path: { id }, query: { people: choice, version } },
      }),
    onSuccess: async () => {
      await queries.cancelQueries({ queryKey: activationsQuery.queryKey, exact: true });
      queries.setQueryData(activationsQuery.queryKey, (all) => all?.filter((one) => one.id !== id));
      await navigate({
        to: "/activations",
        search: choice === "takeOut" && inside > 0 ? { leaving: id } : {},
      });
      await queries.invalidateQueries({ queryKey: ["activations"] });
    },
  });
  const close = () => {
    remove.reset();
    onClose();
  };
  return (
    <Dialog title="Delete this activation" opened={opened} onClose={close} size="lg">
      <Stack gap="md">
        <PeopleChoiceField count={inside} value={choice} onChange={setChoice} />
        <TextInput
          label="Type the activation’s name to delete it"
          description={<bdi>{name}</bdi>}
          styles={{ description: { overflowWrap: "anywhere" } }}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        {isOvertaken(remove.error) ? (
          <ActivationConflict
            began={seen}
            error={remove.error}
            isDeletion
            onSaveOver={({ version }) => remove.mutate(version)}
            onTakeTheirs={close}
          />
        ) : (
          <ProblemAlert error={remove.error} />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button
            color="red"
            disabled={typed.trim() !== name.trim()}
            loading={remove.isPending}
            onClick={() => remove.mutate(seen.version)}
          >
            Delete
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
