import { Badge, Button, Group, Modal, Select, Stack, Table, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { COLUMN_TYPE_WORDS, PARENT_WORDS } from "@peregrine/core/data-words";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { notFound, useParams } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api, faultAt } from "../api/client.ts";
import { useMayEdit } from "../session/use-may-edit.ts";
import { AnchorLink } from "../shell/links.tsx";
import { PageTitle } from "../shell/PageTitle.tsx";
import { ProblemAlert } from "../shell/ProblemAlert.tsx";
import { DeleteSchema } from "./DeleteSchema.tsx";
import { FilledBy } from "./FilledBy.tsx";
import { dataflowsQuery, identifiersQuery, type SchemaRecord, schemaNow, schemasQuery } from "./queries.ts";

/** One schema: its columns, and who fills each. */
export function SchemaPage() {
  const { id } = useParams({ from: "/shell/schemas/$id" });
  const { data: schemas } = useSuspenseQuery(schemasQuery);
  const { data: dataflows } = useSuspenseQuery(dataflowsQuery);
  const mayEdit = useMayEdit();
  const [isAdding, adding] = useDisclosure(false);
  const [isDeleting, deleting] = useDisclosure(false);
  const schema = schemas.find((one) => one.id === id);
  if (schema === undefined) throw notFound();
  const { definition } = schema;
  const filling = dataflows.filter((one) => one.definition.schema === id);
  return (
    <>
      <PageTitle
        title={definition.name ?? id}
        actions={
          mayEdit ? (
            <>
              <Button onClick={adding.open}>Add a column</Button>
              <Button variant="default" onClick={deleting.open}>
                Delete …
              </Button>
            </>
          ) : undefined
        }
      />
      <Text size="sm" mb="md">
        {PARENT_WORDS[definition.parent]}
        {definition.personIdentifier === undefined ? (
          ". It names nobody."
        ) : (
          <>
            , named by the identifier{" "}
            <AnchorLink
              to="/identifiers/$id"
              params={{ id: definition.personIdentifier }}
              size="sm"
              underline="always"
            >
              {definition.personIdentifier}
            </AnchorLink>
            . Columns are only ever added.
          </>
        )}
      </Text>
      <Table.ScrollContainer minWidth={640}>
        <Table verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th w="34%">Column</Table.Th>
              <Table.Th>Type</Table.Th>
              <Table.Th>Identifier</Table.Th>
              <Table.Th>Filled by</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {definition.columns.map(({ name, type, identifier }) => (
              <Table.Tr key={name}>
                <Table.Td style={{ overflowWrap: "anywhere" }}>
                  <Text size="sm" fw={600}>
                    {name}
                  </Text>
                </Table.Td>
                <Table.Td>{COLUMN_TYPE_WORDS[type]}</Table.Td>
                <Table.Td>
                  {identifier === undefined ? (
                    "–"
                  ) : (
                    <Group gap="xs">
                      <AnchorLink to="/identifiers/$id" params={{ id: identifier }} size="sm">
                        {identifier}
                      </AnchorLink>
                      {identifier === definition.personIdentifier ? (
                        <Badge
                          variant="light"
                          color="teal"
                          c="var(--mantine-color-text)"
                          tt="none"
                          radius="sm"
                        >
                          Person Identifier
                        </Badge>
                      ) : null}
                    </Group>
                  )}
                </Table.Td>
                <Table.Td style={{ overflowWrap: "anywhere" }}>
                  <FilledBy dataflows={filling.filter((one) => name in one.definition.map)} tab="mapping" />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Modal
        opened={isAdding}
        onClose={adding.close}
        title="Add a column"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <AddColumn schema={schema} onDone={adding.close} />
      </Modal>
      <DeleteSchema schema={schema} filling={filling} opened={isDeleting} onClose={deleting.close} />
    </>
  );
}

type ColumnType = SchemaRecord["definition"]["columns"][number]["type"];

const TYPES = (Object.entries(COLUMN_TYPE_WORDS) as [ColumnType, string][]).map(([value, label]) => ({
  value,
  label,
}));

function AddColumn({ schema, onDone }: { readonly schema: SchemaRecord; readonly onDone: () => void }) {
  const { data: identifiers } = useSuspenseQuery(identifiersQuery);
  const [name, setName] = useState("");
  const [type, setType] = useState<ColumnType>("text");
  const [identifier, setIdentifier] = useState<string | null>(null);
  const queries = useQueryClient();
  const { id, definition } = schema;
  const add = useMutation({
    mutationFn: async () => {
      const column = { name: name.trim(), type, ...(identifier === null ? {} : { identifier }) };
      // Columns that others have added meanwhile stay.
      const now = await schemaNow(id);
      await api.PUT("/api/v1/definitions/{kind}/{id}", {
        params: { path: { kind: "schema", id }, query: { version: now.version } },
        body: { ...now.definition, columns: [...now.definition.columns, column] },
      });
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["definitions"] });
      onDone();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Text size="sm">
          A column stays for good, with its type. Afterwards map it in a dataflow, so that something fills it.
        </Text>
        <TextInput
          label="Name"
          required
          maxLength={128}
          value={name}
          error={faultAt(add.error, "/name")}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Select
          label="Type"
          data={TYPES}
          allowDeselect={false}
          value={type}
          disabled={identifier !== null}
          onChange={(value) => setType(TYPES.find((one) => one.value === value)?.value ?? type)}
        />
        {definition.parent === "Catalog" ? null : (
          <Select
            label="Identifier"
            description="If the column names people; such a column is text"
            placeholder="None"
            clearable
            data={identifiers.map((one) => one.id)}
            value={identifier}
            onChange={(value) => {
              setIdentifier(value);
              if (value !== null) setType("text");
            }}
          />
        )}
        <ProblemAlert error={add.error} />
        <Group justify="flex-end">
          <Button type="submit" loading={add.isPending} disabled={name.trim() === ""}>
            Add
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
