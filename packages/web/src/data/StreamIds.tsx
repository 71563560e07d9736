import { Button, Group, Stack, Table, Text } from "@mantine/core";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { api, dataOf } from "../api/client.ts";
import { useMayEdit } from "../session/use-may-edit.ts";
import { ProblemAlert } from "../shell/ProblemAlert.tsx";
import { Moment } from "../words/Moment.tsx";
import { type DataflowStanding, streamIdsQuery } from "./queries.ts";
import { StreamIdShown } from "./StreamIdShown.tsx";

/** Who may send rows of a dataflow as a stream. */
export function StreamIds({ dataflow: { definition } }: { readonly dataflow: DataflowStanding }) {
  const { id, state } = definition;
  const mayEdit = useMayEdit();
  const queries = useQueryClient();
  const { data: streamIds } = useSuspenseQuery(streamIdsQuery(id));
  const after = () => queries.invalidateQueries({ queryKey: ["stream-ids"] });
  const make = useMutation({
    mutationFn: async () =>
      dataOf(
        await api.POST("/api/v1/dataflows/{id}/stream-ids", {
          params: { path: { id } },
          body: { name: "stream" },
        }),
      ),
    onSettled: after,
  });
  const revoke = useMutation({
    mutationFn: (stream: string) =>
      api.DELETE("/api/v1/stream-ids/{id}", { params: { path: { id: stream } } }),
    onSettled: after,
  });
  return (
    <Stack gap="md" maw={860}>
      <Text size="sm">
        A shop may send rows as they change. Whoever has a stream id may send; give a new one out before the
        old one is revoked.
      </Text>
      {mayEdit ? (
        <Group>
          <Button variant="default" loading={make.isPending} onClick={() => make.mutate()}>
            Make a stream id
          </Button>
        </Group>
      ) : null}
      <ProblemAlert error={make.error ?? revoke.error} />
      {make.data === undefined ? null : <StreamIdShown made={make.data} draft={state === "draft"} />}
      {streamIds.length === 0 ? null : (
        <Table.ScrollContainer minWidth={560}>
          <Table verticalSpacing="sm">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Stream id</Table.Th>
                <Table.Th>Made</Table.Th>
                <Table.Th>Last used</Table.Th>
                <Table.Th />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {streamIds.map(({ id: stream, createdAt, lastUsedAt, revokedAt }) => (
                <Table.Tr key={stream}>
                  <Table.Td>{stream.slice(0, 8)} …</Table.Td>
                  <Table.Td>
                    <Moment instant={createdAt} />
                  </Table.Td>
                  <Table.Td>
                    <Moment instant={lastUsedAt} />
                  </Table.Td>
                  <Table.Td ta="right">
                    {revokedAt !== null ? (
                      <Text size="sm">Revoked</Text>
                    ) : mayEdit ? (
                      <Button
                        size="xs"
                        variant="default"
                        loading={revoke.isPending && revoke.variables === stream}
                        onClick={() => revoke.mutate(stream)}
                        aria-label={`Revoke the stream id ${stream.slice(0, 8)}`}
                      >
                        Revoke
                      </Button>
                    ) : null}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Stack>
  );
}
