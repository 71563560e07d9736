import { Alert, Button, Table, Text } from "@mantine/core";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { ApiProblem, api } from "../api/client.ts";
import { useMayEdit } from "../session/use-may-edit.ts";
import { PageTitle } from "../shell/PageTitle.tsx";
import { Moment } from "../words/Moment.tsx";
import { counted } from "../words/number.ts";
import { PeopleBar } from "./PeopleBar.tsx";
import {
  type ActivationStatus,
  activationQuery,
  activationStatusQuery,
  type SegmentStatus,
  type ShownActivation,
} from "./queries.ts";
import { StatusBadge } from "./StatusBadge.tsx";

/** One activation: how each audience stands, and what can be done. */
export function ActivationPage() {
  const { id } = useParams({ from: "/shell/activations/$id" });
  const { data: activation } = useSuspenseQuery(activationQuery(id));
  const { data: status } = useSuspenseQuery(activationStatusQuery(id));
  return (
    <>
      <PageTitle title={activation.name} actions={<Actions activation={activation} />} />
      {activation.description === undefined ? null : <Text mb="md">{activation.description}</Text>}
      <Text mb="md" aria-live="polite">
        {sentenceOf(status)}
      </Text>
      {status.run?.state === "failed" && status.run.error !== null ? (
        <Alert color="red" title="The last run failed" mb="md">
          {status.run.error.detail}
        </Alert>
      ) : null}
      <PeopleBar segments={status.segments} />
      <SegmentTable segments={status.segments} />
    </>
  );
}

/** How it stands, in one sentence. */
function sentenceOf({ segments, run, paused }: ActivationStatus): string {
  if (paused) return "Paused: nothing is sent.";
  if (segments.length === 0) return "No audience is linked yet, so nothing is sent.";
  if (run?.progress?.waitingFor !== undefined) return `Waiting: ${run.progress.waitingFor}`;
  const due = segments.reduce((sum, { waiting, leaving }) => sum + waiting + leaving.waiting, 0);
  const refused = segments.reduce((sum, { refused: one, leaving }) => sum + one + leaving.refused, 0);
  if (due > 0) return `${counted(due)} ${due === 1 ? "change is" : "changes are"} to be sent.`;
  if (refused > 0) return `All is sent; Ibexa refuses ${counted(refused)}.`;
  return "Up to date.";
}

function Actions({ activation }: { readonly activation: ShownActivation }) {
  const { id } = activation;
  const queries = useQueryClient();
  const mayEdit = useMayEdit();
  const after = () => queries.invalidateQueries({ queryKey: ["activations"] });
  const run = useMutation({
    mutationFn: () => api.POST("/api/v1/activations/{id}/runs", { params: { path: { id } } }),
    onSettled: after,
  });
  const pause = useMutation({
    mutationFn: () => {
      const { name, description, type, personIdentifier, settings, audiences } = activation;
      const state = activation.state === "paused" ? ("active" as const) : ("paused" as const);
      return api.PUT("/api/v1/activations/{id}", {
        params: { path: { id } },
        body: {
          name,
          ...(description === undefined ? {} : { description }),
          type,
          personIdentifier,
          settings,
          audiences,
          state,
        },
      });
    },
    onSettled: after,
  });
  if (!mayEdit) return null;
  const error = run.error ?? pause.error;
  return (
    <>
      {error === null ? null : (
        <Text size="sm" c="red" role="alert" maw={360}>
          {error.message} {error instanceof ApiProblem ? error.problem.remedy : ""}
        </Text>
      )}
      <Button variant="default" onClick={() => pause.mutate()} loading={pause.isPending}>
        {activation.state === "paused" ? "Resume" : "Pause"}
      </Button>
      <Button onClick={() => run.mutate()} loading={run.isPending} disabled={activation.state === "paused"}>
        Run now
      </Button>
    </>
  );
}

function SegmentTable({ segments }: { readonly segments: readonly SegmentStatus[] }) {
  if (segments.length === 0) return null;
  return (
    <Table.ScrollContainer minWidth={900}>
      <Table verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Audience</Table.Th>
            <Table.Th>Synchronization status</Table.Th>
            <Table.Th>Last synchronized</Table.Th>
            <Table.Th>Last checked for audience changes</Table.Th>
            <Table.Th ta="right">Size</Table.Th>
            <Table.Th ta="right">Accepted by Ibexa</Table.Th>
            <Table.Th ta="right">To be sent</Table.Th>
            <Table.Th ta="right">Refused by Ibexa</Table.Th>
            <Table.Th ta="right">No userid</Table.Th>
            <Table.Th ta="right">Excluded</Table.Th>
            <Table.Th ta="right">Leaving</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {segments.map((segment) => (
            <Table.Tr key={segment.audienceId}>
              <Table.Td style={{ overflowWrap: "anywhere" }}>
                {segment.name}
                {segment.error === null ? null : (
                  <Text size="sm">
                    {segment.error.detail} {segment.error.remedy}
                  </Text>
                )}
              </Table.Td>
              <Table.Td>
                <StatusBadge status={segment.status} />
              </Table.Td>
              <Table.Td>
                <Moment instant={segment.lastSynchronizedAt} />
              </Table.Td>
              <Table.Td>
                <Moment instant={segment.lastCheckedAt} />
              </Table.Td>
              <Table.Td ta="right">{counted(segment.size)}</Table.Td>
              <Table.Td ta="right">{counted(segment.accepted)}</Table.Td>
              <Table.Td ta="right">{counted(segment.waiting)}</Table.Td>
              <Table.Td ta="right">{counted(segment.refused)}</Table.Td>
              <Table.Td ta="right">{counted(segment.withoutIdentifier)}</Table.Td>
              <Table.Td ta="right">{counted(segment.suppressed)}</Table.Td>
              <Table.Td ta="right">{counted(segment.leaving.waiting + segment.leaving.refused)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
