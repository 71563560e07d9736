import { Table, Text } from "@mantine/core";
import type { Sample } from "../queries.ts";

const SHOWN = 8;

/** The first rows as they stand in the file. */
export function SampleRows({ sample: { columns, rows } }: { readonly sample: Sample }) {
  if (rows.length === 0) return null;
  return (
    <Table.ScrollContainer
      minWidth={Math.min(columns.length * 140, 4_000)}
      type="native"
      tabIndex={0}
      role="region"
      aria-label="The first rows"
    >
      <Table withTableBorder verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            {columns.map(({ name }) => (
              <Table.Th key={name} style={{ whiteSpace: "nowrap" }}>
                {name === "" ? "(without a name)" : name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.slice(0, SHOWN).map(({ line, values }) => (
            <Table.Tr key={line}>
              {columns.map(({ name }) => (
                <Table.Td key={name} maw={280}>
                  <Cell value={values[name]} />
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Cell({ value }: { readonly value: string | readonly string[] | null | undefined }) {
  if (value === undefined) return null;
  if (value === null) {
    return (
      <Text size="sm" c="dimmed" fs="italic">
        null
      </Text>
    );
  }
  return (
    <Text size="sm" truncate>
      {typeof value === "string" ? value : value.join(", ")}
    </Text>
  );
}
