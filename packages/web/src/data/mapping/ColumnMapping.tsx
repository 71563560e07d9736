import { Alert, Badge, Group, Stack, Text } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { Marked } from "../../words/Marked.tsx";
import { counted } from "../../words/number.ts";
import { identifiersQuery, type SampleColumn } from "../queries.ts";
import { MappingTable } from "./MappingTable.tsx";
import { gapsOf, type MappedColumn, type Mapping } from "./mapping.ts";

interface Props {
  readonly mapping: Mapping;
  /** What the sample shows of its columns. */
  readonly profiles: readonly SampleColumn[];
  /** How another Person Identifier is chosen, where that is possible. */
  readonly otherwise?: string;
  readonly update: (patch: Partial<Mapping>) => void;
}

/** Which column of the file becomes which column of the schema, to be changed; and what is missing. */
export function ColumnMapping({ mapping, profiles, otherwise, update }: Props) {
  const { data: identifiers } = useSuspenseQuery(identifiersQuery);
  const { columns, known, notes, schema } = mapping;
  const changeColumn = (source: string, patch: Partial<MappedColumn>) =>
    update({
      columns: columns.map((column) => (column.source === source ? { ...column, ...patch } : column)),
    });
  const person = schema.personIdentifier;
  const { taken, twice, isNamed } = gapsOf(mapping);
  return (
    <Stack gap="md">
      <Group gap="sm">
        <Text size="sm">
          {counted(taken)} of {counted(columns.length)} columns are taken.
        </Text>
        {person === undefined ? null : (
          <Badge variant="light" color="teal" c="var(--mantine-color-text)" tt="none" radius="sm">
            Person Identifier: {person}
          </Badge>
        )}
      </Group>
      {isNamed ? null : (
        <Alert
          color="orange"
          title={`No column is the Person Identifier${person === undefined ? "" : ` ${person}`}`}
        >
          {whatNames(mapping)}
          {otherwise === undefined ? "" : `, ${otherwise}`}.
        </Alert>
      )}
      {twice === undefined ? null : (
        <Alert color="orange" title={`Two columns are called ${twice}`}>
          Give one of them another name, or leave it out.
        </Alert>
      )}
      {notes.length === 0 ? null : (
        <Alert color="blue" title="Worth a look">
          {notes.map((note) => (
            <Text size="sm" key={note}>
              <Marked text={note} />
            </Text>
          ))}
        </Alert>
      )}
      <MappingTable
        columns={columns}
        known={known}
        profiles={profiles}
        identifiers={[
          ...new Set([...identifiers.map(({ id }) => id), ...mapping.identifiers.map(({ id }) => id)]),
        ]}
        hasPeople={schema.parent !== "Catalog"}
        onChange={changeColumn}
      />
    </Stack>
  );
}

/** The schema may have a column for it already, by whose name it is chosen. */
function whatNames({ known, schema: { personIdentifier } }: Mapping): string {
  const column = known.find(({ identifier }) => identifier !== undefined && identifier === personIdentifier);
  return column === undefined
    ? "Choose it as the identifier of the column by which a row names its person"
    : `Take the column by which a row names its person, and call it ${column.name}`;
}
