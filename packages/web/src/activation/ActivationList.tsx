import { Button, Stack, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMayEdit } from "../session/use-may-edit.ts";
import { EmptyState } from "../shell/EmptyState.tsx";
import { AnchorLink, ButtonLink } from "../shell/links.tsx";
import { PageTitle } from "../shell/PageTitle.tsx";
import { SearchField } from "../shell/SearchField.tsx";
import { isFound, isSearchable } from "../shell/searched.ts";
import { useIsNarrow } from "../shell/use-is-narrow.ts";
import { Age } from "../words/Age.tsx";
import { Marked } from "../words/Marked.tsx";
import { Moment } from "../words/Moment.tsx";
import { counted } from "../words/number.ts";
import { hostOf } from "./host.ts";
import { LeavingNotice } from "./LeavingNotice.tsx";
import { activationStatusesQuery, activationsQuery } from "./queries.ts";
import { SandboxHelp } from "./SandboxHelp.tsx";
import { StatusBadge } from "./StatusBadge.tsx";
import { summaryOf } from "./summary.ts";

/** All activations and how they stand; those with problems on top. */
export function ActivationList() {
  const { leaving, ...searched } = useSearch({ from: "/shell/activations" });
  const navigate = useNavigate({ from: "/activations" });
  const { data: activations } = useSuspenseQuery(activationsQuery);
  const { data: statuses, error: failure } = useQuery(activationStatusesQuery);
  const mayEdit = useMayEdit();
  const isNarrow = useIsNarrow();
  const [isHelped, help] = useDisclosure(false);
  const isEmpty = activations.length === 0;
  const rows = activations
    .filter((activation) => isFound(searched, [activation.id, activation.name, hostOf(activation)]))
    .map((activation) => ({
      activation,
      summary: summaryOf(statuses?.get(activation.id), hostOf(activation)),
    }))
    .toSorted(
      (one, other) => Number(other.summary?.isWorrying ?? false) - Number(one.summary?.isWorrying ?? false),
    );
  const create = mayEdit ? <ButtonLink to="/activations/new">Create New Activation</ButtonLink> : null;
  return (
    <>
      <PageTitle title="Activations" actions={isEmpty ? undefined : create} />
      {leaving === undefined ? null : <LeavingNotice id={leaving} />}
      <SandboxHelp opened={isHelped} onClose={help.close} />
      {isSearchable(activations.length, searched) ? (
        <Stack gap="xs" mb="md">
          <SearchField
            placeholder="Name or Ibexa host"
            text={searched.q}
            onSearch={(q) => void navigate({ search: (kept) => ({ ...kept, q }), replace: true })}
          />
          <Text size="sm" aria-live="polite">
            {rows.length === 0
              ? "No activation fits. Search for something else."
              : `${counted(rows.length)} of ${counted(activations.length)} activations`}
          </Text>
        </Stack>
      ) : null}
      {isEmpty ? (
        <EmptyState
          title="Nothing is sent anywhere yet"
          action={
            <>
              {create}
              <Button variant="default" onClick={help.open}>
                Try with the sandbox
              </Button>
            </>
          }
        >
          An activation keeps the segments of a segment group in Ibexa in step with your audiences: who joins
          an audience joins its segment within a minute, and who leaves it leaves.
        </EmptyState>
      ) : rows.length === 0 ? null : (
        <Table.ScrollContainer minWidth={isNarrow ? 680 : 960}>
          <Table verticalSpacing="sm">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th>Status</Table.Th>
                <Table.Th ta="right">Accepted by Ibexa</Table.Th>
                <Table.Th ta="right">To be sent</Table.Th>
                <Table.Th ta="right">Refused by Ibexa</Table.Th>
                <Table.Th>Oldest unsent change</Table.Th>
                {isNarrow ? null : <Table.Th>Last synchronized</Table.Th>}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map(({ activation, summary }) => (
                <Table.Tr key={activation.id}>
                  <Table.Td style={{ overflowWrap: "anywhere" }} miw={isNarrow ? 140 : 180}>
                    <AnchorLink
                      to="/activations/$id"
                      params={{ id: activation.id }}
                      fw={600}
                      dir="auto"
                      lineClamp={3}
                      title={activation.name}
                    >
                      {activation.name}
                    </AnchorLink>
                    <Text size="sm">{hostOf(activation)}</Text>
                  </Table.Td>
                  <Table.Td miw={isNarrow ? 180 : 240}>
                    {summary === undefined ? (
                      <Text size="sm">{failure === null ? "…" : `It isn’t known: ${failure.message}`}</Text>
                    ) : (
                      <>
                        <StatusBadge status={summary.status} />
                        {summary.reason === undefined ? null : (
                          <Text size="sm" maw={420} style={{ overflowWrap: "anywhere" }}>
                            <Marked text={summary.reason} />
                          </Text>
                        )}
                      </>
                    )}
                  </Table.Td>
                  {summary === undefined ? (
                    <Table.Td colSpan={isNarrow ? 4 : 5} />
                  ) : (
                    <>
                      <Table.Td ta="right">{counted(summary.accepted)}</Table.Td>
                      <Table.Td ta="right">{counted(summary.waiting)}</Table.Td>
                      <Table.Td ta="right">{counted(summary.refused)}</Table.Td>
                      <Table.Td>
                        <Age instant={summary.oldestUnsentAt} />
                      </Table.Td>
                      {isNarrow ? null : (
                        <Table.Td>
                          <Moment instant={summary.lastSynchronizedAt} />
                        </Table.Td>
                      )}
                    </>
                  )}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </>
  );
}
