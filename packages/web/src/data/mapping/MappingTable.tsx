import { Checkbox, Select, Table, Text, TextInput, VisuallyHidden } from "@mantine/core";
import { COLUMN_TYPE_WORDS } from "@peregrine/core/data-words";
import { useIsNarrow } from "../../shell/use-is-narrow.ts";
import { Marked } from "../../words/Marked.tsx";
import type { SampleColumn } from "../queries.ts";
import type { MappedColumn, SchemaColumn } from "./mapping.ts";

interface Props {
  readonly columns: readonly MappedColumn[];
  /** The columns that the schema has already. */
  readonly known: readonly SchemaColumn[];
  readonly profiles: readonly SampleColumn[];
  readonly identifiers: readonly string[];
  readonly hasPeople: boolean;
  readonly onChange: (source: string, patch: Partial<MappedColumn>) => void;
}

const EXAMPLES = 3;
const NONE = "";

/** Every column of the rows: what it holds, what becomes of it, and why. */
export function MappingTable({ columns, known, profiles, identifiers, hasPeople, onChange }: Props) {
  const isNarrow = useIsNarrow();
  return (
    <Table.ScrollContainer minWidth={isNarrow ? 680 : 960}>
      <Table verticalSpacing="xs" withTableBorder>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={44}>
              <VisuallyHidden>Take</VisuallyHidden>
            </Table.Th>
            <Table.Th w={isNarrow ? undefined : "21%"}>
              {isNarrow ? "In the rows, and why" : "In the rows"}
            </Table.Th>
            <Table.Th w={isNarrow ? "24%" : "18%"}>Becomes</Table.Th>
            <Table.Th w={158}>Type</Table.Th>
            {hasPeople ? <Table.Th w={118}>Identifier</Table.Th> : null}
            {isNarrow ? null : <Table.Th>Why</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {columns.map((column) => (
            <Row
              key={column.source}
              column={column}
              known={known}
              profile={profiles.find(({ name }) => name === column.source)}
              identifiers={identifiers}
              hasPeople={hasPeople}
              isNarrow={isNarrow}
              onChange={onChange}
            />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

interface RowProps extends Pick<Props, "known" | "identifiers" | "hasPeople" | "onChange"> {
  readonly column: MappedColumn;
  readonly profile: SampleColumn | undefined;
  /** The reason stands beneath the name. */
  readonly isNarrow: boolean;
}

function Row({ column, known, profile, identifiers, hasPeople, isNarrow, onChange }: RowProps) {
  const { source, target, isTaken, type, expression, identifier } = column;
  const shown = source === "" ? "(without a name)" : source;
  const readings = readingsOf(column, profile);
  const there = known.find(({ name }) => name === target);
  const reading = readings.findIndex((one) => one.type === type && one.expression === expression);
  return (
    <Table.Tr style={{ verticalAlign: "top" }}>
      <Table.Td>
        <Checkbox
          mt={8}
          checked={isTaken}
          disabled={source === ""}
          onChange={(event) =>
            onChange(source, {
              isTaken: event.currentTarget.checked,
              ...fitted(column, { known, profile, target }),
            })
          }
          aria-label={`Take ${shown}`}
        />
      </Table.Td>
      <Table.Td style={{ overflowWrap: "anywhere" }}>
        <Text size="sm" fw={600} mt={6}>
          {shown}
        </Text>
        <Text size="xs" c="dimmed" lineClamp={2}>
          {profile === undefined ? "" : profile.examples.slice(0, EXAMPLES).join(" · ")}
        </Text>
        {isNarrow ? <Why column={column} /> : null}
      </Table.Td>
      <Table.Td>
        {isTaken ? (
          <TextInput
            aria-label={`What ${shown} becomes`}
            value={target}
            maxLength={128}
            error={target.trim() === "" ? "It needs a name" : undefined}
            onChange={(event) => {
              const named = event.currentTarget.value;
              onChange(source, { target: named, ...fitted(column, { known, profile, target: named }) });
            }}
          />
        ) : (
          <Text size="sm" c="dimmed" mt={6}>
            Left out
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        {!isTaken ? null : identifier !== null || there !== undefined ? (
          <Text size="sm" mt={6}>
            {COLUMN_TYPE_WORDS[there?.type ?? type]}
          </Text>
        ) : (
          <Select
            aria-label={`Type of ${shown}`}
            allowDeselect={false}
            data={readings.map(({ label }, at) => ({ value: String(at), label }))}
            value={String(Math.max(reading, 0))}
            onChange={(value) => {
              const chosen = readings[Number(value)];
              if (chosen !== undefined)
                onChange(source, { type: chosen.type, expression: chosen.expression });
            }}
          />
        )}
      </Table.Td>
      {hasPeople ? (
        <Table.Td>
          {!isTaken ? null : there !== undefined ? (
            <Text size="sm" mt={6}>
              {there.identifier ?? "–"}
            </Text>
          ) : (
            <Select
              aria-label={`Identifier of ${shown}`}
              allowDeselect={false}
              data={[{ value: NONE, label: "–" }, ...identifiers]}
              value={identifier ?? NONE}
              onChange={(value) => onChange(source, identifierPatch(value, column, profile))}
            />
          )}
        </Table.Td>
      ) : null}
      {isNarrow ? null : (
        <Table.Td>
          <Why column={column} />
        </Table.Td>
      )}
    </Table.Tr>
  );
}

/** Why a column was proposed as it is, and what speaks against it. */
function Why({ column: { why, doubt } }: { readonly column: MappedColumn }) {
  return (
    <>
      <Text size="sm" mt={6}>
        <Marked text={why} />
      </Text>
      {doubt === null ? null : (
        <Text size="sm" c="var(--mantine-color-orange-light-color)">
          <Marked text={doubt} />
        </Text>
      )}
    </>
  );
}

interface Reading {
  readonly type: MappedColumn["type"];
  readonly expression: string;
  readonly label: string;
}

/** How the values can be read: as they were guessed, or otherwise; what was typed in by hand stays one of them. */
function readingsOf(
  { type, expression, alternatives }: MappedColumn,
  profile: SampleColumn | undefined,
): readonly Reading[] {
  const guesses = [...(profile === undefined ? [] : [profile.guess, ...profile.others]), ...alternatives];
  const read: Reading[] = [];
  for (const guess of guesses) {
    const isThere = read.some((one) => one.type === guess.type && one.expression === guess.expression);
    const again = read.some((one) => one.type === guess.type);
    if (isThere) continue;
    const word = COLUMN_TYPE_WORDS[guess.type];
    read.push({ ...guess, label: again ? `${word}: ${guess.what}` : word });
  }
  if (read.some((one) => one.type === type && one.expression === expression)) return read;
  return [{ type, expression, label: COLUMN_TYPE_WORDS[type] }, ...read];
}

/** What becomes a column that the schema has already is read as that column's type, where it can be. */
function fitted(
  column: MappedColumn,
  { known, profile, target }: Pick<RowProps, "known" | "profile"> & { readonly target: string },
): Partial<MappedColumn> {
  const there = known.find(({ name }) => name === target);
  if (there === undefined || there.type === column.type) return {};
  const reading = readingsOf(column, profile).find(({ type }) => type === there.type);
  if (reading !== undefined) return { type: reading.type, expression: reading.expression };
  return there.type === "text" && profile !== undefined
    ? { type: "text", expression: profile.expression }
    : {};
}

/** What names people is text, as it stands in the file. */
function identifierPatch(
  value: string | null,
  { type, expression }: MappedColumn,
  profile: SampleColumn | undefined,
): Partial<MappedColumn> {
  if (value === null || value === NONE) return { identifier: null };
  return {
    identifier: value,
    type: "text",
    expression: type === "text" ? expression : (profile?.expression ?? expression),
  };
}
