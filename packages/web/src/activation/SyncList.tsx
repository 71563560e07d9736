import { Button, List, Stack, Table, Text } from "@mantine/core";
import { RUN_WORDS, type RunState, triggerText } from "@peregrine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Fragment, useId, useState } from "react";
import { PageAwaited } from "../shell/PageAwaited.tsx";
import { PageFailure } from "../shell/PageFailure.tsx";
import { Marked } from "../words/Marked.tsx";
import { Moment } from "../words/Moment.tsx";
import { counted, people } from "../words/number.ts";
import { duration } from "../words/time.ts";
import { type Run, runRefusalsQuery, runsQuery } from "./queries.ts";

/** What each sync did: when, why, how many joined, left and were refused with the reasons, and how long it took. */
export function SyncList({ id }: { readonly id: string }) {
  const { data, error, fetchNextPage, hasNextPage, isFetchingNextPage, refetch } = useInfiniteQuery(
    runsQuery(id),
  );
  const [opened, setOpened] = useState<number>();
  const failure = error === null ? null : <PageFailure error={error} reset={() => void refetch()} />;
  if (data === undefined) return failure ?? <PageAwaited />;
  const runs = data.pages.flatMap(({ items }) => items);
  if (runs.length === 0) {
    return (
      <Text mt="md">Nothing has been sent yet. A sync begins when somebody joins or leaves an audience.</Text>
    );
  }
  return (
    <Stack gap="md" mt="md" align="flex-start">
      <Table.ScrollContainer minWidth={720} w="100%">
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
              <Row
                key={run.id}
                activationId={id}
                run={run}
                isOpen={opened === run.id}
                onToggle={() => setOpened(opened === run.id ? undefined : run.id)}
              />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {failure}
      {hasNextPage ? (
        <Button variant="default" onClick={() => void fetchNextPage()} loading={isFetchingNextPage}>
          Earlier syncs
        </Button>
      ) : null}
    </Stack>
  );
}

interface RowProps {
  readonly activationId: string;
  readonly run: Run;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

function Row({ activationId, run, isOpen, onToggle }: RowProps) {
  const { id, state, trigger, startedAt, finishedAt, counts, error } = run;
  const reasons = useId();
  const { accepted = 0, refused = 0, requests = 0, lostSegments = 0 } = counts;
  // Runs of older versions did not tell them apart.
  const joined = counts["joined"];
  return (
    <Fragment>
      <Table.Tr>
        <Table.Td>
          <Moment instant={startedAt} />
        </Table.Td>
        <Table.Td>{triggerText(trigger)}</Table.Td>
        <Table.Td maw={420} style={{ overflowWrap: "anywhere" }}>
          {RUN_WORDS[state as RunState]}
          {lostSegments === 0 ? null : (
            <Text size="sm">
              {lostSegments === 1 ? "1 segment was" : `${counted(lostSegments)} segments were`} gone in Ibexa
              and made again; the next sync fills {lostSegments === 1 ? "it" : "them"}.
            </Text>
          )}
          {error === null ? null : (
            <Text size="sm">
              <Marked text={`${error.detail} ${error.remedy}`} />
            </Text>
          )}
        </Table.Td>
        <Count value={joined} />
        <Count value={joined === undefined ? undefined : accepted - joined} />
        <Table.Td ta="right">
          {refused === 0 ? (
            "0"
          ) : (
            <Button
              size="compact-sm"
              variant="subtle"
              aria-expanded={isOpen}
              aria-controls={reasons}
              aria-label={`${people(refused)} refused: ${isOpen ? "hide" : "show"} why`}
              onClick={onToggle}
            >
              {counted(refused)} {isOpen ? "▴" : "▾"}
            </Button>
          )}
        </Table.Td>
        <Count value={requests} />
        <Table.Td ta="right" style={{ whiteSpace: "nowrap" }}>
          {finishedAt === null ? "…" : duration(Date.parse(finishedAt) - Date.parse(startedAt))}
        </Table.Td>
      </Table.Tr>
      {isOpen ? (
        <Table.Tr id={reasons}>
          <Table.Td colSpan={8}>
            <Reasons activationId={activationId} run={id} refused={refused} />
          </Table.Td>
        </Table.Tr>
      ) : null}
    </Fragment>
  );
}

function Count({ value }: { readonly value: number | undefined }) {
  return (
    <Table.Td ta="right" style={{ fontVariantNumeric: "tabular-nums" }}>
      {value === undefined ? "–" : counted(value)}
    </Table.Td>
  );
}

interface ReasonsProps {
  readonly activationId: string;
  readonly run: number;
  readonly refused: number;
}

/** Why people were refused in a sync, equal answers together, each with what to do. */
function Reasons({ activationId, run, refused }: ReasonsProps) {
  const { data, error, refetch } = useQuery(runRefusalsQuery(activationId, run, refused));
  if (error !== null) return <PageFailure error={error} reset={() => void refetch()} />;
  if (data === undefined) return <Text size="sm">Looking for the reasons …</Text>;
  if (data.length === 0) {
    return <Text size="sm">The answers of this sync are no longer kept; they are for 14 days.</Text>;
  }
  return (
    <List size="sm" spacing="xs" listStyleType="none" style={{ overflowWrap: "anywhere" }}>
      {data.map(({ code, reason, remedy, people: count }) => (
        <List.Item key={`${code} ${reason}`}>
          <b>{people(count)}</b>: {reason === "" ? code : reason}
          <Text size="sm">
            <Marked text={remedy} />
          </Text>
        </List.Item>
      ))}
    </List>
  );
}
