import { Button, Stack, Table, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "../api/client.ts";
import { useMayEdit } from "../session/use-may-edit.ts";
import { AnchorLink } from "../shell/links.tsx";
import { PageAwaited } from "../shell/PageAwaited.tsx";
import { PageFailure } from "../shell/PageFailure.tsx";
import { ProblemAlert } from "../shell/ProblemAlert.tsx";
import { Marked } from "../words/Marked.tsx";
import { Moment } from "../words/Moment.tsx";
import { people } from "../words/number.ts";
import { refreshActivation, refusalsQuery, type SegmentStatus } from "./queries.ts";

interface Props {
  readonly id: string;
  readonly segments: readonly SegmentStatus[];
}

/** Who was refused, by Ibexa's answer; they never hold the others up and are tried again by themselves. */
export function RefusedPeople({ id, segments }: Props) {
  const { data: refusals, error, refetch } = useQuery(refusalsQuery(id));
  const queries = useQueryClient();
  const mayEdit = useMayEdit();
  const again = useMutation({
    mutationFn: (audience: string) =>
      api.POST("/api/v1/activations/{id}/audiences/{audience}/people/send-again", {
        params: { path: { id, audience } },
        body: {},
      }),
    onSettled: () => refreshActivation(queries, id),
  });
  if (refusals === undefined) {
    return error === null ? <PageAwaited /> : <PageFailure error={error} reset={() => void refetch()} />;
  }
  if (refusals.length === 0) return <Text mt="md">Ibexa refuses nobody.</Text>;
  const nameOf = (audience: string) =>
    segments.find(({ audienceId }) => audienceId === audience)?.name ?? audience;
  return (
    <Stack gap="md" mt="md">
      <Text size="sm">
        Refused people never hold the others up. They are sent alone from now on, from a minute to a day
        apart.
      </Text>
      <ProblemAlert error={again.error} />
      <Table.ScrollContainer minWidth={680}>
        <Table verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Ibexa’s answer</Table.Th>
              <Table.Th>Audience</Table.Th>
              <Table.Th>People</Table.Th>
              <Table.Th>Next attempt</Table.Th>
              {mayEdit ? <Table.Th aria-label="Actions" /> : null}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {refusals.map(({ audienceId, membership, reason, remedy, people: count, nextAttemptAt }) => (
              <Table.Tr key={`${audienceId} ${membership} ${reason}`}>
                <Table.Td maw={420} style={{ overflowWrap: "anywhere" }}>
                  {reason}
                  <Text size="sm">
                    <Marked text={remedy} />
                  </Text>
                </Table.Td>
                <Table.Td style={{ overflowWrap: "anywhere" }}>{nameOf(audienceId)}</Table.Td>
                <Table.Td>
                  <AnchorLink
                    size="sm"
                    to="/activations/$id/people"
                    params={{ id }}
                    search={{ audience: audienceId, state: membership ? "refused" : "leavingRefused" }}
                  >
                    {people(count)} {membership ? "to join" : "to leave"}
                  </AnchorLink>
                </Table.Td>
                <Table.Td>
                  <Moment instant={nextAttemptAt} />
                </Table.Td>
                {mayEdit ? (
                  <Table.Td ta="right">
                    <Button
                      size="compact-sm"
                      variant="default"
                      loading={again.isPending}
                      onClick={() => again.mutate(audienceId)}
                    >
                      Send again now
                    </Button>
                  </Table.Td>
                ) : null}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}
