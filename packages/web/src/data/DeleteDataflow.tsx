import { Alert, Button, Group, List, Loader, Modal, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api } from "../api/client.ts";
import { isOvertaken } from "../api/overtaken.ts";
import { AnchorLink } from "../shell/links.tsx";
import { ProblemAlert } from "../shell/ProblemAlert.tsx";
import { useSeen } from "../shell/use-seen.ts";
import { Marked } from "../words/Marked.tsx";
import { counted, people } from "../words/number.ts";
import { DataflowConflict } from "./DataflowConflict.tsx";
import { faultSentence } from "./fault-sentence.ts";
import { type DataflowStanding, dataflowDeletionQuery, dataflowsQuery } from "./queries.ts";

interface Props {
  readonly dataflow: DataflowStanding;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Says what a deletion withdraws, then does it. */
export function DeleteDataflow({ dataflow, opened, onClose }: Props) {
  const seen = useSeen(dataflow, opened);
  const { id, name } = dataflow.definition;
  const queries = useQueryClient();
  const navigate = useNavigate();
  const foreseen = useQuery({ ...dataflowDeletionQuery(id), enabled: opened, staleTime: 0 });
  const remove = useMutation({
    mutationFn: (version: number) =>
      api.DELETE("/api/v1/dataflows/{id}", { params: { path: { id }, query: { version } } }),
    onSuccess: async () => {
      onClose();
      await queries.cancelQueries({ queryKey: dataflowsQuery.queryKey, exact: true });
      queries.setQueryData(dataflowsQuery.queryKey, (all) =>
        all?.filter(({ definition }) => definition.id !== id),
      );
      await navigate({ to: "/dataflows" });
      queries.removeQueries({ queryKey: ["dataflows", id] });
      await queries.invalidateQueries();
    },
  });
  const close = () => {
    remove.reset();
    onClose();
  };
  const found = foreseen.data;
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={`Delete ${name ?? id}?`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack gap="md">
        {isOvertaken(remove.error) ? (
          <DataflowConflict
            id={id}
            began={seen}
            error={remove.error}
            isDeletion
            onSaveOver={({ version }) => remove.mutate(version)}
            onTakeTheirs={close}
          />
        ) : null}
        <ProblemAlert error={foreseen.error ?? (isOvertaken(remove.error) ? null : remove.error)} />
        {foreseen.isFetching ? (
          <Loader size="sm" role="status" aria-label="Counting what would be withdrawn" />
        ) : null}
        {found === undefined || foreseen.isFetching ? null : (
          <>
            <Text size="sm">All that it has brought is withdrawn at once:</Text>
            <List size="sm" spacing={4}>
              <List.Item>
                {counted(found.attributes)} attributes and {counted(found.events)} events of{" "}
                {people(found.people)}
              </List.Item>
              {found.waiting === 0 ? null : (
                <List.Item>{counted(found.waiting)} imports that have not ended</List.Item>
              )}
            </List>
            <Text size="sm">Profiles, and what links them, stay.</Text>
            {found.audiences.length === 0 ? (
              <Text size="sm">No audience reads of it.</Text>
            ) : (
              <Alert color="orange" title="Audiences read of it and may lose people">
                {found.audiences.map((audience) => (
                  <Text size="sm" key={audience.id} dir="auto" style={{ overflowWrap: "anywhere" }}>
                    {audience.name}
                  </Text>
                ))}
              </Alert>
            )}
            {found.faults.length === 0 ? null : (
              <Alert color="red" role="alert" title="It can’t be deleted as things are">
                {found.faults.map(({ path, message, remedy }) => (
                  <Text size="sm" key={`${path} ${message}`}>
                    {path} <Marked text={faultSentence({ path: "", message, remedy })} />
                  </Text>
                ))}
                <AnchorLink to="/audiences" size="sm">
                  Go to the audiences
                </AnchorLink>
              </Alert>
            )}
          </>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button
            color="red"
            loading={remove.isPending}
            disabled={found === undefined || foreseen.isFetching || found.faults.length > 0}
            onClick={() => remove.mutate(seen.version)}
          >
            Delete
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
