import { Badge, Stack, Table, Text, Title } from "@mantine/core";
import { ROW_OUTCOME_WORDS } from "@peregrine/core/data-words";
import { Marked } from "../../words/Marked.tsx";
import type { SamplePreview } from "../queries.ts";
import { shownValue } from "../shown-value.ts";

type Row = SamplePreview["rows"][number];

const SHOWN = 10;

const COLORS: Readonly<Record<Row["outcome"], string>> = {
  person: "teal",
  event: "teal",
  leftOut: "gray",
  refused: "red",
};

/** What becomes of the first rows. */
export function PreviewRows({ rows }: { readonly rows: readonly Row[] }) {
  if (rows.length === 0) return null;
  const columns = [...new Set(rows.flatMap(({ values }) => Object.keys(values)))];
  return (
    <Stack gap="xs">
      <Title order={2} size="h5">
        What becomes of the first rows
      </Title>
      <Table.ScrollContainer
        minWidth={Math.min(260 + columns.length * 130, 4_000)}
        type="native"
        tabIndex={0}
        role="region"
        aria-label="What becomes of the first rows"
      >
        <Table withTableBorder verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th ta="right">Line</Table.Th>
              <Table.Th>Becomes</Table.Th>
              {columns.map((name) => (
                <Table.Th key={name} style={{ whiteSpace: "nowrap" }}>
                  {name}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.slice(0, SHOWN).map((row) => (
              <Table.Tr key={row.line}>
                <Table.Td ta="right">{row.line}</Table.Td>
                <Table.Td>
                  <Badge
                    variant="light"
                    color={COLORS[row.outcome]}
                    c="var(--mantine-color-text)"
                    tt="none"
                    radius="sm"
                  >
                    {row.event ?? ROW_OUTCOME_WORDS[row.outcome]}
                  </Badge>
                </Table.Td>
                {row.refusal === null ? (
                  columns.map((name) => (
                    <Table.Td key={name} maw={260}>
                      <Text size="sm" truncate>
                        {row.values[name]?.is === "absent" ? "" : shownValue(row.values[name]?.value)}
                      </Text>
                    </Table.Td>
                  ))
                ) : (
                  <Table.Td colSpan={Math.max(columns.length, 1)}>
                    <Text size="sm">
                      {row.refusal.column === "" ? "" : `${row.refusal.column}: `}
                      <Marked text={row.refusal.reason} />
                    </Text>
                  </Table.Td>
                )}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}
