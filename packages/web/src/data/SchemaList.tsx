import { Table, Text } from "@mantine/core";
import { PARENT_WORDS } from "@peregrine/core/data-words";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useMayEdit } from "../session/use-may-edit.ts";
import { EmptyState } from "../shell/EmptyState.tsx";
import { AnchorLink, ButtonLink } from "../shell/links.tsx";
import { PageTitle } from "../shell/PageTitle.tsx";
import { Moment } from "../words/Moment.tsx";
import { counted } from "../words/number.ts";
import { FilledBy } from "./FilledBy.tsx";
import { dataflowsQuery, schemasQuery } from "./queries.ts";

/** Which columns data has, by what it is about. */
export function SchemaList() {
  const { data: schemas } = useSuspenseQuery(schemasQuery);
  const { data: dataflows } = useSuspenseQuery(dataflowsQuery);
  const mayEdit = useMayEdit();
  if (schemas.length === 0) {
    return (
      <>
        <PageTitle title="Schemas" />
        <EmptyState
          title="There is no schema yet"
          action={mayEdit ? <ButtonLink to="/dataflows/new">New dataflow</ButtonLink> : undefined}
        >
          A schema says which columns data has and which of them name people. It is made with the first
          dataflow, from the columns of your file.
        </EmptyState>
      </>
    );
  }
  return (
    <>
      <PageTitle title="Schemas" />
      <Table.ScrollContainer minWidth={720}>
        <Table verticalSpacing="sm" highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Name</Table.Th>
              <Table.Th>About</Table.Th>
              <Table.Th>Person Identifier</Table.Th>
              <Table.Th ta="right">Columns</Table.Th>
              <Table.Th>Filled by</Table.Th>
              <Table.Th>Changed</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {schemas.map(({ id, definition, updatedAt }) => {
              const filledBy = dataflows.filter((one) => one.definition.schema === id);
              return (
                <Table.Tr key={id}>
                  <Table.Td style={{ overflowWrap: "anywhere" }} miw={160}>
                    <AnchorLink to="/schemas/$id" params={{ id }} fw={600}>
                      {definition.name ?? id}
                    </AnchorLink>
                  </Table.Td>
                  <Table.Td>{PARENT_WORDS[definition.parent]}</Table.Td>
                  <Table.Td>{definition.personIdentifier ?? "–"}</Table.Td>
                  <Table.Td ta="right">{counted(definition.columns.length)}</Table.Td>
                  <Table.Td style={{ overflowWrap: "anywhere" }}>
                    {filledBy.length === 0 ? (
                      <Text size="sm" c="dimmed">
                        Nothing
                      </Text>
                    ) : (
                      <FilledBy dataflows={filledBy} />
                    )}
                  </Table.Td>
                  <Table.Td>
                    <Moment instant={updatedAt} />
                  </Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </>
  );
}
