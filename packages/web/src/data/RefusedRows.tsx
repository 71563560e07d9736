import { Button, Group, Stack, Table, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { ProblemAlert } from "../shell/ProblemAlert.tsx";
import { Marked } from "../words/Marked.tsx";
import { counted } from "../words/number.ts";
import { refusedRowsQuery } from "./queries.ts";

interface RefusedRow {
  readonly line: number;
  readonly column: string;
  readonly reason: string;
  readonly raw: string;
}

/** The rows of an import that were refused, page by page, and all of them as a file. */
export function RefusedRows({ id, count }: { readonly id: number; readonly count: number }) {
  const refused = useInfiniteQuery(refusedRowsQuery(id));
  const rows = refused.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Stack gap="sm" mt="xl">
      <Group justify="space-between">
        <Title order={2} size="h4">
          Refused rows
        </Title>
        <Button
          component="a"
          variant="default"
          size="xs"
          href={`/api/v1/imports/${id}/refused.csv`}
          download={`refused-${id}.csv`}
        >
          Download as CSV
        </Button>
      </Group>
      <Text size="sm" maw={760}>
        Nothing of these rows was taken. Correct them where they come from and send them again: rows that are
        there already change nothing.
      </Text>
      <ProblemAlert error={refused.error} />
      <RefusedTable rows={rows} />
      {refused.hasNextPage ? (
        <Group>
          <Button
            variant="default"
            size="xs"
            loading={refused.isFetchingNextPage}
            onClick={() => void refused.fetchNextPage()}
          >
            Show more
          </Button>
          <Text size="sm" c="dimmed">
            {counted(rows.length)} of {counted(count)}
          </Text>
        </Group>
      ) : null}
    </Stack>
  );
}

/** Lines that can't be taken: where, why, and what stands there. */
export function RefusedTable({ rows }: { readonly rows: readonly RefusedRow[] }) {
  if (rows.length === 0) return null;
  return (
    <Table.ScrollContainer minWidth={720}>
      <Table withTableBorder verticalSpacing="xs" aria-label="Refused rows">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={80} ta="right">
              Line
            </Table.Th>
            <Table.Th w="18%">Column</Table.Th>
            <Table.Th w="36%">Reason</Table.Th>
            <Table.Th>As it came</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ line, column, reason, raw }) => (
            <Table.Tr key={`${line} ${column} ${reason}`} style={{ verticalAlign: "top" }}>
              <Table.Td ta="right">{counted(line)}</Table.Td>
              <Table.Td style={{ overflowWrap: "anywhere" }}>{column === "" ? "–" : column}</Table.Td>
              <Table.Td style={{ overflowWrap: "anywhere" }}>
                <Marked text={reason} />
              </Table.Td>
              <Table.Td>
                <Text
                  size="sm"
                  ff="monospace"
                  lineClamp={2}
                  title={raw}
                  style={{ overflowWrap: "anywhere", wordBreak: "break-all" }}
                >
                  {raw}
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
