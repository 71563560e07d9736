import { ActionIcon, Select, Table, Text, TextInput } from "@mantine/core";
import { COLUMN_TYPE_WORDS } from "@peregrine/core/data-words";
import { useIsNarrow } from "../../shell/use-is-narrow.ts";
import { Marked } from "../../words/Marked.tsx";
import type { SamplePreview } from "../queries.ts";
import { shownValue } from "../shown-value.ts";
import { faultOf, mapPath } from "./faults.ts";
import type { ColumnType, ComputedColumn, Mapping } from "./mapping.ts";

interface Props {
  readonly mapping: Mapping;
  readonly rows: SamplePreview["rows"];
  readonly faults: SamplePreview["faults"];
  readonly update: (patch: Partial<Mapping>) => void;
}

const TYPES = (Object.entries(COLUMN_TYPE_WORDS) as [ColumnType, string][]).map(([value, label]) => ({
  value,
  label,
}));
const RESULTS = 3;

/** Each column's expression with what it yields, and its fault where it has one; computed columns last. */
export function ExpressionTable({ mapping, rows, faults, update }: Props) {
  const isNarrow = useIsNarrow();
  const changeExpression = (source: string, expression: string) =>
    update({
      columns: mapping.columns.map((column) =>
        column.source === source ? { ...column, expression } : column,
      ),
    });
  const changeComputed = (at: number, patch: Partial<ComputedColumn>) =>
    update({
      computed: mapping.computed.map((column, index) => (index === at ? { ...column, ...patch } : column)),
    });
  return (
    <Table.ScrollContainer minWidth={isNarrow ? 640 : 860}>
      <Table verticalSpacing="xs" withTableBorder>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w="22%">Column</Table.Th>
            <Table.Th w={150}>Type</Table.Th>
            {isNarrow ? (
              <Table.Th>Expression, and what it yields</Table.Th>
            ) : (
              <>
                <Table.Th w="38%">Expression</Table.Th>
                <Table.Th>Yields</Table.Th>
              </>
            )}
            <Table.Th w={44} aria-label="Remove" />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {mapping.columns
            .filter(({ isTaken }) => isTaken)
            .map(({ source, target, type, expression }) => (
              <Table.Tr key={source} style={{ verticalAlign: "top" }}>
                <Table.Td style={{ overflowWrap: "anywhere" }}>
                  <Text size="sm" fw={600} mt={6}>
                    {target}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <Text size="sm" mt={6}>
                    {COLUMN_TYPE_WORDS[type]}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <Expression
                    label={`Expression of ${target}`}
                    value={expression}
                    fault={faultOf(faults, mapPath(target))}
                    onChange={(value) => changeExpression(source, value)}
                  />
                  {isNarrow ? <Yields rows={rows} column={target} /> : null}
                </Table.Td>
                {isNarrow ? null : (
                  <Table.Td>
                    <Yields rows={rows} column={target} />
                  </Table.Td>
                )}
                <Table.Td />
              </Table.Tr>
            ))}
          {mapping.computed.map((column, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a computed column has no name yet when it is made
            <Table.Tr key={at} style={{ verticalAlign: "top" }}>
              <Table.Td>
                <TextInput
                  aria-label={`Name of computed column ${at + 1}`}
                  placeholder="Name"
                  value={column.target}
                  onChange={(event) => changeComputed(at, { target: event.currentTarget.value })}
                />
              </Table.Td>
              <Table.Td>
                <Select
                  aria-label={`Type of computed column ${at + 1}`}
                  data={TYPES}
                  allowDeselect={false}
                  // A column that the schema has keeps its type.
                  disabled={typeKnown(mapping, column) !== undefined}
                  value={typeKnown(mapping, column) ?? column.type}
                  onChange={(value) =>
                    changeComputed(at, {
                      type: TYPES.find((one) => one.value === value)?.value ?? column.type,
                    })
                  }
                />
              </Table.Td>
              <Table.Td>
                <Expression
                  label={`Expression of computed column ${at + 1}`}
                  value={column.expression}
                  fault={column.target === "" ? undefined : faultOf(faults, mapPath(column.target))}
                  onChange={(expression) => changeComputed(at, { expression })}
                />
                {isNarrow ? <Yields rows={rows} column={column.target} /> : null}
              </Table.Td>
              {isNarrow ? null : (
                <Table.Td>
                  <Yields rows={rows} column={column.target} />
                </Table.Td>
              )}
              <Table.Td>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  c="var(--mantine-color-text)"
                  mt={4}
                  aria-label={`Remove computed column ${at + 1}`}
                  onClick={() => update({ computed: mapping.computed.filter((_, index) => index !== at) })}
                >
                  ×
                </ActionIcon>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function typeKnown({ known }: Mapping, { target }: ComputedColumn): ColumnType | undefined {
  return known.find(({ name }) => name === target)?.type;
}

interface ExpressionProps {
  readonly label: string;
  readonly value: string;
  readonly fault: string | undefined;
  readonly onChange: (value: string) => void;
}

function Expression({ label, value, fault, onChange }: ExpressionProps) {
  return (
    <TextInput
      aria-label={label}
      value={value}
      error={value === "" ? "Without an expression nothing is mapped" : fault && <Marked text={fault} />}
      spellCheck={false}
      autoComplete="off"
      styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** What a column is for the first rows that have a value, each once. */
function Yields({ rows, column }: { readonly rows: SamplePreview["rows"]; readonly column: string }) {
  const values = new Set(
    rows.flatMap(({ values: found }) => {
      const value = found[column];
      return value === undefined || value.is === "absent" ? [] : [shownValue(value.value)];
    }),
  );
  if (values.size === 0) {
    return rows.length === 0 || column === "" ? null : (
      <Text size="sm" c="dimmed" mt={6}>
        Nothing in these rows
      </Text>
    );
  }
  return (
    <Text size="sm" mt={6} lineClamp={2} style={{ overflowWrap: "anywhere" }}>
      {[...values].slice(0, RESULTS).join(" · ")}
    </Text>
  );
}
