import { Button, Group, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { api, dataOf } from "../api/client.ts";
import { sessionQuery } from "../session/queries.ts";
import { Dialog } from "../shell/Dialog.tsx";
import { ProblemAlert } from "../shell/ProblemAlert.tsx";
import { deletionQuery, type PersonDeletion } from "./queries.ts";

/** Removes a person without waiting for destinations any longer; for administrators. */
export function PurgeNow({ deletion: { id, waitsFor } }: { readonly deletion: PersonDeletion }) {
  const { user } = useSuspenseQuery(sessionQuery).data;
  const [opened, { open, close }] = useDisclosure(false);
  const queries = useQueryClient();
  const finish = useMutation({
    mutationFn: async () =>
      dataOf(await api.POST("/api/v1/deletions/{id}/finish", { params: { path: { id } } })),
    onSuccess: async (deletion) => {
      close();
      queries.setQueryData(deletionQuery(id).queryKey, deletion);
      await queries.invalidateQueries({ queryKey: ["deletions"] });
    },
  });
  if (user?.role !== "admin") return null;
  const segments = [...new Set(waitsFor.map(({ audience }) => audience.name))];
  return (
    <>
      <Button variant="default" onClick={open}>
        Remove without waiting
      </Button>
      <Dialog title="Remove without waiting?" opened={opened} onClose={close}>
        <Stack gap="md">
          <ProblemAlert error={finish.error} />
          <Text size="sm" style={{ overflowWrap: "anywhere" }}>
            What is known of this person is removed at once. They stay in the segments of{" "}
            {segments.join(", ")} in Ibexa: they keep seeing their content, and nothing here knows of it any
            more. Take them out there by hand.
          </Text>
          <Text size="sm" fw={600}>
            This can’t be undone.
          </Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button color="red" loading={finish.isPending} onClick={() => finish.mutate()}>
              Remove now
            </Button>
          </Group>
        </Stack>
      </Dialog>
    </>
  );
}
