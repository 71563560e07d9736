import { Code, Table, Text } from "@mantine/core";
import type { DataflowStanding } from "./queries.ts";

/** The expressions by which a dataflow makes the columns of its schema. */
export function DataflowMapping({ dataflow: { definition } }: { readonly dataflow: DataflowStanding }) {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ...Object.entries(definition.map),
    ["When it was so", definition.time],
    ["What happened", definition.event],
    ["What makes it the same event", definition.key],
    ["Which of two equally old rows wins", definition.tieBreak],
    ["Rows that are left out", definition.leaveOut],
  ];
  const mapped = Object.keys(definition.map).length;
  return (
    <Table.ScrollContainer minWidth={560}>
      <Table withTableBorder verticalSpacing="xs" maw={960}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w="36%">Column of the schema</Table.Th>
            <Table.Th>Made by</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(([name, expression], at) =>
            expression === undefined ? null : (
              <Table.Tr key={name}>
                <Table.Td style={{ overflowWrap: "anywhere" }}>
                  <Text
                    size="sm"
                    fw={at < mapped ? 600 : 400}
                    c={at < mapped ? "var(--mantine-color-text)" : "dimmed"}
                  >
                    {name}
                  </Text>
                </Table.Td>
                <Table.Td style={{ overflowWrap: "anywhere" }}>
                  <Code>{expression}</Code>
                </Table.Td>
              </Table.Tr>
            ),
          )}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
