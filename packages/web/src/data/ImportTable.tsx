import { Button, Group, Table, Text } from "@mantine/core";
import { useSuspenseInfiniteQuery, useSuspenseQuery } from "@tanstack/react-query";
import { AnchorLink } from "../shell/links.tsx";
import { Moment } from "../words/Moment.tsx";
import { counted } from "../words/number.ts";
import { dataflowsQuery, type Import, importsQuery } from "./queries.ts";
import { StateBadge } from "./StateBadge.tsx";

interface Props {
  /** Only its imports; undefined: those of all. */
  readonly dataflow?: string | undefined;
}

/** Imports, the latest first, page by page. */
export function ImportTable({ dataflow }: Props) {
  const found = useSuspenseInfiniteQuery(importsQuery(dataflow));
  const { data: dataflows } = useSuspenseQuery(dataflowsQuery);
  const names = new Map(dataflows.map(({ definition: { id, name } }) => [id, name ?? id]));
  const imports = found.data.pages.flatMap(({ items }) => items);
  if (imports.length === 0) return <Text c="dimmed">Nothing has been imported yet.</Text>;
  return (
    <>
      <Table.ScrollContainer minWidth={720}>
        <Table verticalSpacing="sm" highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th miw={200}>File</Table.Th>
              {dataflow === undefined ? <Table.Th>Dataflow</Table.Th> : null}
              <Table.Th>State</Table.Th>
              <Table.Th>Came</Table.Th>
              <Table.Th ta="right">Rows</Table.Th>
              <Table.Th ta="right">Refused</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {imports.map((one) => (
              <Row
                key={one.id}
                one={one}
                dataflow={dataflow === undefined ? (names.get(one.dataflowId) ?? one.dataflowId) : undefined}
              />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {found.hasNextPage ? (
        <Group mt="sm">
          <Button
            variant="default"
            size="xs"
            loading={found.isFetchingNextPage}
            onClick={() => void found.fetchNextPage()}
          >
            Show more
          </Button>
        </Group>
      ) : null}
    </>
  );
}

interface RowProps {
  readonly one: Import;
  /** Its name; undefined: it is not shown. */
  readonly dataflow: string | undefined;
}

function Row({ one, dataflow }: RowProps) {
  const { id, fileName, dataflowId, state, cameAt, counts, progress } = one;
  return (
    <Table.Tr>
      <Table.Td style={{ overflowWrap: "anywhere" }}>
        <AnchorLink to="/imports/$id" params={{ id }} fw={600} size="sm">
          {fileName}
        </AnchorLink>
      </Table.Td>
      {dataflow === undefined ? null : (
        <Table.Td style={{ overflowWrap: "anywhere" }}>
          <AnchorLink
            to="/dataflows/$id"
            params={{ id: dataflowId }}
            size="sm"
            dir="auto"
            lineClamp={2}
            title={dataflow}
          >
            {dataflow}
          </AnchorLink>
        </Table.Td>
      )}
      <Table.Td>
        <StateBadge state={state} />
      </Table.Td>
      <Table.Td>
        <Moment instant={cameAt} />
      </Table.Td>
      <Table.Td ta="right">
        {counts === null ? (progress === null ? "–" : counted(progress.done)) : counted(counts.read)}
      </Table.Td>
      <Table.Td ta="right">{counts === null ? "–" : counted(counts.refused)}</Table.Td>
    </Table.Tr>
  );
}
