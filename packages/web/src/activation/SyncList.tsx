import { Button, Stack, Table, Text } from "@mantine/core";
import { RUN_WORDS, type RunState, triggerText } from "@peregrine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { PageFailure } from "../shell/PageFailure.tsx";
import { Moment } from "../words/Moment.tsx";
import { counted } from "../words/number.ts";
import { duration } from "../words/time.ts";
import { type Run, runsQuery } from "./queries.ts";

/** What each sync did: when, why, how many joined, left and were refused, and how long it took. */
export function SyncList({ id }: { readonly id: string }) {
  const { data, error, fetchNextPage, hasNextPage, isFetchingNextPage, refetch } = useInfiniteQuery(
    runsQuery(id),
  );
  if (error !== null) return <PageFailure error={error} reset={() => void refetch()} />;
  const runs = data?.pages.flatMap(({ items }) => items) ?? [];
  if (data !== undefined && runs.length === 0) {
    return (
      <Text mt="md">Nothing has been sent yet. A sync begins when somebody joins or leaves an audience.</Text>
    );
  }
  return (
    <Stack gap="md" mt="md" align="flex-start">
      <Table.ScrollContainer minWidth={820} w="100%">
        <Table verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>When</Table.Th>
              <Table.Th>Why</Table.Th>
              <Table.Th>Result</Table.Th>
              <Table.Th ta="right">Joined</Table.Th>
              <Table.Th ta="right">Left</Table.Th>
              <Table.Th ta="right">Refused</Table.Th>
              <Table.Th ta="right">Requests</Table.Th>
              <Table.Th ta="right">Duration</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {runs.map((run) => (
              <Row key={run.id} run={run} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {hasNextPage ? (
        <Button variant="default" onClick={() => void fetchNextPage()} loading={isFetchingNextPage}>
          Earlier syncs
        </Button>
      ) : null}
    </Stack>
  );
}

function Row({ run }: { readonly run: Run }) {
  const { state, trigger, startedAt, finishedAt, counts, error } = run;
  const number = (name: string) => counted(counts[name] ?? 0);
  return (
    <Table.Tr>
      <Table.Td>
        <Moment instant={startedAt} />
      </Table.Td>
      <Table.Td>{triggerText(trigger)}</Table.Td>
      <Table.Td maw={420} style={{ overflowWrap: "anywhere" }}>
        {RUN_WORDS[state as RunState]}
        {error === null ? null : <Text size="sm">{error.detail}</Text>}
      </Table.Td>
      <Table.Td ta="right">{number("joins")}</Table.Td>
      <Table.Td ta="right">{number("leaves")}</Table.Td>
      <Table.Td ta="right">{number("refused")}</Table.Td>
      <Table.Td ta="right">{number("requests")}</Table.Td>
      <Table.Td ta="right">
        {finishedAt === null ? "…" : duration(Date.parse(finishedAt) - Date.parse(startedAt))}
      </Table.Td>
    </Table.Tr>
  );
}
