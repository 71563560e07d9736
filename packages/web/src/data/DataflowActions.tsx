import { Button, Group, Menu, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api } from "../api/client.ts";
import { useMayEdit } from "../session/use-may-edit.ts";
import { ButtonLink } from "../shell/links.tsx";
import { ProblemAlert } from "../shell/ProblemAlert.tsx";
import { plainId } from "../words/plain-id.ts";
import { DeleteDataflow } from "./DeleteDataflow.tsx";
import { isHalfMade } from "./half-made.ts";
import { type DataflowStanding, type DataflowState, dataflowsQuery } from "./queries.ts";

const TURNS: Readonly<
  Record<DataflowState, { readonly turn: "activate" | "pause" | "resume"; readonly label: string }>
> = {
  draft: { turn: "activate", label: "Activate" },
  active: { turn: "pause", label: "Pause" },
  paused: { turn: "resume", label: "Resume" },
};

/** What can be done with a dataflow. */
export function DataflowActions({ dataflow }: { readonly dataflow: DataflowStanding }) {
  const { id, state } = dataflow.definition;
  const mayEdit = useMayEdit();
  const queries = useQueryClient();
  const [isCloning, cloning] = useDisclosure(false);
  const [isDeleting, deleting] = useDisclosure(false);
  const { turn, label } = TURNS[state];
  const change = useMutation({
    mutationFn: () => api.POST(`/api/v1/dataflows/{id}/${turn}`, { params: { path: { id } } }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["dataflows"] }),
  });
  if (!mayEdit) return null;
  return (
    <>
      <ProblemAlert error={change.error} />
      {isHalfMade(dataflow) ? (
        <ButtonLink to="/dataflows/new" search={{ dataflow: id }}>
          Continue setting up
        </ButtonLink>
      ) : null}
      <Button
        variant={state === "active" || isHalfMade(dataflow) ? "default" : "filled"}
        loading={change.isPending}
        onClick={() => change.mutate()}
      >
        {label}
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default">More</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={cloning.open}>Clone …</Menu.Item>
          <Menu.Item c="var(--mantine-color-error)" onClick={deleting.open}>
            Delete …
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={isCloning}
        onClose={cloning.close}
        title="Clone the dataflow"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <Clone dataflow={dataflow} onDone={cloning.close} />
      </Modal>
      <DeleteDataflow dataflow={dataflow} opened={isDeleting} onClose={deleting.close} />
    </>
  );
}

function Clone({ dataflow, onDone }: { readonly dataflow: DataflowStanding; readonly onDone: () => void }) {
  const { id, name } = dataflow.definition;
  const { data: dataflows } = useSuspenseQuery(dataflowsQuery);
  const [copy, setCopy] = useState(`${name ?? id} (copy)`);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const clone = useMutation({
    mutationFn: async () => {
      const taken = new Set(dataflows.map(({ definition }) => definition.id));
      const body = { id: plainId(copy, "dataflow", taken), name: copy.trim() };
      await api.POST("/api/v1/dataflows/{id}/clone", { params: { path: { id } }, body });
      return body.id;
    },
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: ["dataflows"] });
      onDone();
      await navigate({ to: "/dataflows/$id", params: { id: made }, search: { tab: "mapping" } });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    clone.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Text size="sm">
          A draft with the same mapping to the same schema; without the rows and the stream ids.
        </Text>
        <TextInput
          label="Name"
          required
          maxLength={200}
          value={copy}
          onChange={(event) => setCopy(event.currentTarget.value)}
        />
        <ProblemAlert error={clone.error} />
        <Group justify="flex-end">
          <Button type="submit" loading={clone.isPending} disabled={copy.trim() === ""}>
            Clone
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
