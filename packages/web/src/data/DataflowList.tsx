import { Group, Stack, Table, Text } from "@mantine/core";
import { PARENT_WORDS } from "@peregrine/core/data-words";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMayEdit } from "../session/use-may-edit.ts";
import { EmptyState } from "../shell/EmptyState.tsx";
import { AnchorLink, ButtonLink } from "../shell/links.tsx";
import { PageTitle } from "../shell/PageTitle.tsx";
import { SearchField } from "../shell/SearchField.tsx";
import { isFound, isSearchable } from "../shell/searched.ts";
import { Moment } from "../words/Moment.tsx";
import { counted } from "../words/number.ts";
import { isHalfMade } from "./half-made.ts";
import { type DataflowStanding, dataflowsQuery } from "./queries.ts";
import { StateBadge } from "./StateBadge.tsx";

/** Where rows come from, and how each source stands. */
export function DataflowList() {
  const { data: dataflows } = useSuspenseQuery(dataflowsQuery);
  const searched = useSearch({ from: "/shell/dataflows" });
  const navigate = useNavigate({ from: "/dataflows" });
  const mayEdit = useMayEdit();
  const create = mayEdit ? <ButtonLink to="/dataflows/new">New dataflow</ButtonLink> : undefined;
  if (dataflows.length === 0) {
    return (
      <>
        <PageTitle title="Dataflows" />
        <EmptyState title="No data comes in yet" action={create}>
          A dataflow takes rows in: the users of your shop, what they buy, who reads the newsletter. Upload a
          file, or let your shop send a stream; the mapping is proposed from what is in it.
        </EmptyState>
      </>
    );
  }
  const rows = dataflows.filter(({ definition: { id, name = "", schema }, lastImport }) =>
    isFound(searched, [id, name, schema, lastImport?.fileName ?? ""]),
  );
  return (
    <>
      <PageTitle
        title="Dataflows"
        actions={
          <>
            <ButtonLink to="/imports" variant="default">
              All imports
            </ButtonLink>
            {create}
          </>
        }
      />
      {isSearchable(dataflows.length, searched) ? (
        <Stack gap="xs" mb="md">
          <SearchField
            placeholder="Name, schema or last file"
            text={searched.q}
            onSearch={(q) => void navigate({ search: { q }, replace: true })}
          />
          <Text size="sm" aria-live="polite">
            {rows.length === 0
              ? "No dataflow fits. Search for something else."
              : `${counted(rows.length)} of ${counted(dataflows.length)} dataflows`}
          </Text>
        </Stack>
      ) : null}
      {rows.length === 0 ? null : <Rows dataflows={rows} />}
    </>
  );
}

interface RowsProps {
  readonly dataflows: readonly DataflowStanding[];
}

function Rows({ dataflows }: RowsProps) {
  const mayEdit = useMayEdit();
  return (
    <Table.ScrollContainer minWidth={720}>
      <Table verticalSpacing="sm" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th>Schema</Table.Th>
            <Table.Th>Last import</Table.Th>
            <Table.Th ta="right">Rows</Table.Th>
            <Table.Th ta="right">Waiting</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {dataflows.map(({ definition, parent, origin, lastImport, waiting }) => (
            <Table.Tr key={definition.id}>
              <Table.Td style={{ overflowWrap: "anywhere" }}>
                <AnchorLink
                  to="/dataflows/$id"
                  params={{ id: definition.id }}
                  fw={600}
                  dir="auto"
                  lineClamp={3}
                  title={definition.name ?? definition.id}
                >
                  {definition.name ?? definition.id}
                </AnchorLink>
              </Table.Td>
              <Table.Td>
                <StateBadge state={definition.state} />
                {mayEdit && isHalfMade({ definition, origin }) ? (
                  <Text size="sm" mt={4}>
                    <AnchorLink
                      to="/dataflows/new"
                      search={{ dataflow: definition.id }}
                      aria-label={`Continue setting up ${definition.name ?? definition.id}`}
                      size="sm"
                    >
                      Continue setting up
                    </AnchorLink>
                  </Text>
                ) : null}
              </Table.Td>
              <Table.Td style={{ overflowWrap: "anywhere" }}>
                <AnchorLink to="/schemas/$id" params={{ id: definition.schema }} size="sm">
                  {definition.schema}
                </AnchorLink>
                {parent === null ? null : (
                  <Text size="sm" c="dimmed">
                    {PARENT_WORDS[parent]}
                  </Text>
                )}
              </Table.Td>
              <Table.Td style={{ overflowWrap: "anywhere" }}>
                {lastImport === null ? (
                  <Text size="sm" c="dimmed">
                    None yet
                  </Text>
                ) : (
                  <>
                    <Group gap="xs">
                      <AnchorLink
                        to="/imports/$id"
                        params={{ id: lastImport.id }}
                        size="sm"
                        lineClamp={3}
                        title={lastImport.fileName}
                      >
                        {lastImport.fileName}
                      </AnchorLink>
                      {lastImport.state === "published" ? null : <StateBadge state={lastImport.state} />}
                    </Group>
                    <Moment instant={lastImport.finishedAt ?? lastImport.createdAt} />
                  </>
                )}
              </Table.Td>
              <Table.Td ta="right">
                {lastImport?.counts == null ? "–" : counted(lastImport.counts.read)}
                {(lastImport?.counts?.refused ?? 0) === 0 ? null : (
                  <Text size="sm" c="var(--mantine-color-error)">
                    {counted(lastImport?.counts?.refused ?? 0)} refused
                  </Text>
                )}
              </Table.Td>
              <Table.Td ta="right">{waiting === 0 ? "–" : counted(waiting)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
