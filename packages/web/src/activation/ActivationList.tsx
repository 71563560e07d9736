import { Stack, Table, Text } from "@mantine/core";
import { useQueries, useSuspenseQuery } from "@tanstack/react-query";
import { AnchorLink, ButtonLink } from "../shell/links.tsx";
import { PageTitle } from "../shell/PageTitle.tsx";
import { Moment } from "../words/Moment.tsx";
import { counted } from "../words/number.ts";
import { activationStatusQuery, activationsQuery, type ShownActivation } from "./queries.ts";
import { StatusBadge } from "./StatusBadge.tsx";
import { summaryOf } from "./summary.ts";

/** Where an activation sends to, without what doesn't matter to people. */
function hostOf({ settings }: ShownActivation): string {
  const url = settings["baseUrl"];
  return typeof url === "string" && URL.canParse(url) ? new URL(url).host : "";
}

/** All activations and how they stand; those with problems on top. */
export function ActivationList() {
  const { data: activations } = useSuspenseQuery(activationsQuery);
  const statuses = useQueries({ queries: activations.map(({ id }) => activationStatusQuery(id)) });
  const rows = activations
    .map((activation, at) => ({ activation, summary: summaryOf(statuses[at]?.data) }))
    .toSorted(
      (one, other) => Number(other.summary?.isWorrying ?? false) - Number(one.summary?.isWorrying ?? false),
    );
  return (
    <>
      <PageTitle
        title="Activations"
        actions={<ButtonLink to="/activations/new">Create New Activation</ButtonLink>}
      />
      {rows.length === 0 ? (
        <Stack gap="xs" maw={560}>
          <Text fw={600}>Nothing is sent anywhere yet</Text>
          <Text>
            An activation keeps the segments of a segment group in Ibexa in step with your audiences: who
            joins an audience joins its segment within a minute, and who leaves it leaves.
          </Text>
        </Stack>
      ) : (
        <Table.ScrollContainer minWidth={760}>
          <Table verticalSpacing="sm" highlightOnHover>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th>Status</Table.Th>
                <Table.Th ta="right">Accepted by Ibexa</Table.Th>
                <Table.Th ta="right">To be sent</Table.Th>
                <Table.Th ta="right">Refused by Ibexa</Table.Th>
                <Table.Th>Last synchronized</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map(({ activation, summary }) => (
                <Table.Tr key={activation.id}>
                  <Table.Td style={{ overflowWrap: "anywhere" }}>
                    <AnchorLink to="/activations/$id" params={{ id: activation.id }} fw={600}>
                      {activation.name}
                    </AnchorLink>
                    <Text size="sm">{hostOf(activation)}</Text>
                  </Table.Td>
                  <Table.Td>
                    {summary === undefined ? (
                      "…"
                    ) : (
                      <>
                        <StatusBadge status={summary.status} />
                        {summary.reason === undefined ? null : (
                          <Text size="sm" maw={420}>
                            {summary.reason}
                          </Text>
                        )}
                      </>
                    )}
                  </Table.Td>
                  <Table.Td ta="right">{counted(summary?.accepted ?? 0)}</Table.Td>
                  <Table.Td ta="right">{counted(summary?.waiting ?? 0)}</Table.Td>
                  <Table.Td ta="right">{counted(summary?.refused ?? 0)}</Table.Td>
                  <Table.Td>
                    <Moment instant={summary?.lastSynchronizedAt ?? null} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </>
  );
}
