import { Button, Group, List, Loader, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api, dataOf } from "../api/client.ts";
import { sessionQuery } from "../session/queries.ts";
import { ProblemAlert } from "../shell/ProblemAlert.tsx";
import { counted } from "../words/number.ts";
import { exactly } from "../words/time.ts";
import { foreseenDeletionQuery } from "./queries.ts";

/** Says what deleting a person does, then asks for it; for administrators. */
export function DeletePerson({ number, name }: { readonly number: number; readonly name: string }) {
  const { user } = useSuspenseQuery(sessionQuery).data;
  const [opened, { open, close }] = useDisclosure(false);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const foreseen = useQuery({ ...foreseenDeletionQuery(number), enabled: opened });
  const remove = useMutation({
    mutationFn: async () =>
      dataOf(await api.DELETE("/api/v1/profiles/{number}", { params: { path: { number } } })),
    onSuccess: async ({ id }) => {
      close();
      await navigate({ to: "/deletions/$id", params: { id } });
      queries.removeQueries({ queryKey: ["profiles"] });
    },
  });
  if (user?.role !== "admin") return null;
  const found = foreseen.data;
  return (
    <>
      <Button variant="default" onClick={open}>
        Delete
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={`Delete ${name}?`}
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <Stack gap="md">
          <ProblemAlert error={foreseen.error ?? remove.error} />
          {foreseen.isPending ? (
            <Loader size="sm" role="status" aria-label="Looking what it would do" />
          ) : null}
          {found === undefined ? null : (
            <List size="sm" spacing={6}>
              <List.Item>Nothing about this person is sent any more, from now on.</List.Item>
              {found.segments.length === 0 ? null : (
                <List.Item>
                  They are taken out of {found.segments.map(({ audience }) => audience.name).join(", ")}{" "}
                  first.
                </List.Item>
              )}
              <List.Item>
                Then {counted(found.identifiers.length)} identifiers, {counted(found.attributes)} attributes
                and {counted(found.events)} events are removed for good, with the rows that they came from.
              </List.Item>
              <List.Item>Rows that come late are refused until {exactly(found.refuseUntil)}.</List.Item>
            </List>
          )}
          <Text size="sm" fw={600}>
            This can’t be undone.
          </Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button
              color="red"
              disabled={found === undefined}
              loading={remove.isPending}
              onClick={() => remove.mutate()}
            >
              Delete for good
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
