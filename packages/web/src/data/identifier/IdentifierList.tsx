import { Badge, Button, Group, Modal, Stack, Table, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { LIMIT_WORDS } from "@peregrine/core/data-words";
import { useInfiniteQuery, useQueries, useSuspenseQuery } from "@tanstack/react-query";
import { useMayEdit } from "../../session/use-may-edit.ts";
import { EmptyState } from "../../shell/EmptyState.tsx";
import { AnchorLink, ButtonLink } from "../../shell/links.tsx";
import { PageTitle } from "../../shell/PageTitle.tsx";
import { ProblemAlert } from "../../shell/ProblemAlert.tsx";
import { Marked } from "../../words/Marked.tsx";
import { Moment } from "../../words/Moment.tsx";
import { counted } from "../../words/number.ts";
import { conflictsQuery, identifierProfilesQuery, identifiersQuery } from "../queries.ts";
import { IdentifierForm, NEW_IDENTIFIER } from "./IdentifierForm.tsx";
import { normalisationText } from "./normalisation-text.ts";

/** By what people are recognised, and which values changed hands. */
export function IdentifierList() {
  const { data: found } = useSuspenseQuery(identifiersQuery);
  const identifiers = found.toSorted((one, other) => other.definition.priority - one.definition.priority);
  const profiles = useQueries({ queries: identifiers.map(({ id }) => identifierProfilesQuery(id)) });
  const mayEdit = useMayEdit();
  const [isAdding, adding] = useDisclosure(false);
  const add = mayEdit ? <Button onClick={adding.open}>New identifier</Button> : undefined;
  const ids = new Set(identifiers.map(({ id }) => id));
  return (
    <>
      <PageTitle title="Person identifiers" actions={identifiers.length === 0 ? undefined : add} />
      <Modal
        opened={isAdding}
        onClose={adding.close}
        title="New identifier"
        size="lg"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <IdentifierForm start={NEW_IDENTIFIER} taken={ids} onDone={adding.close} />
      </Modal>
      {identifiers.length === 0 ? (
        <EmptyState
          title="People have no identifiers yet"
          action={
            mayEdit ? (
              <>
                <ButtonLink to="/dataflows/new">New dataflow</ButtonLink>
                <Button variant="default" onClick={adding.open}>
                  New identifier
                </Button>
              </>
            ) : undefined
          }
        >
          An identifier is what a person is recognised by, such as the user id of Ibexa or an e-mail address.
          The first ones are proposed with your first dataflow.
        </EmptyState>
      ) : (
        <Table.ScrollContainer minWidth={720}>
          <Table verticalSpacing="sm" highlightOnHover>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Identifier</Table.Th>
                <Table.Th ta="right">Priority</Table.Th>
                <Table.Th>Values</Table.Th>
                <Table.Th>Compared</Table.Th>
                <Table.Th ta="right">Profiles</Table.Th>
                <Table.Th>For activations</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {identifiers.map(({ id, definition }, at) => {
                const counts = profiles[at]?.data;
                return (
                  <Table.Tr key={id}>
                    <Table.Td style={{ overflowWrap: "anywhere" }}>
                      <AnchorLink to="/identifiers/$id" params={{ id }} fw={600}>
                        {id}
                      </AnchorLink>
                      {definition.name === undefined || definition.name === id ? null : (
                        <Text size="sm" c="dimmed">
                          {definition.name}
                        </Text>
                      )}
                    </Table.Td>
                    <Table.Td ta="right">{counted(definition.priority)}</Table.Td>
                    <Table.Td>{LIMIT_WORDS[definition.limit]}</Table.Td>
                    <Table.Td>{normalisationText(definition.normalise)}</Table.Td>
                    <Table.Td ta="right">
                      {counts === undefined ? (
                        "…"
                      ) : (
                        <>
                          {counted(counts.withIdentifier)}
                          <Text size="sm" c="dimmed">
                            of {counted(counts.profiles)}
                          </Text>
                        </>
                      )}
                    </Table.Td>
                    <Table.Td maw={280}>
                      {definition.active ? (
                        counts === undefined ? null : counts.missing === null ? (
                          <Availability color="teal" text="Available" />
                        ) : (
                          <Text size="sm" c="dimmed">
                            {definition.limit === "many" ? (
                              "A person may have several; an activation needs one."
                            ) : (
                              <Marked text={counts.missing} />
                            )}
                          </Text>
                        )
                      ) : (
                        <Availability color="gray" text="Deactivated" />
                      )}
                    </Table.Td>
                  </Table.Tr>
                );
              })}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {identifiers.length === 0 ? null : <Conflicts />}
    </>
  );
}

function Availability({ color, text }: { readonly color: string; readonly text: string }) {
  return (
    <Badge variant="light" color={color} c="var(--mantine-color-text)" tt="none" radius="sm">
      {text}
    </Badge>
  );
}

/** Values that changed hands: the sign of an identifier that several people share. */
function Conflicts() {
  const conflicts = useInfiniteQuery(conflictsQuery);
  const items = conflicts.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Stack gap="sm" mt="xl">
      <Title order={2} size="h4">
        Conflicts
      </Title>
      <Text size="sm" maw={760}>
        Values that went from one profile to another, because a person may have only one of something and two
        rows disagreed. A few are people who share a device or changed an address.
      </Text>
      <ProblemAlert error={conflicts.error} />
      {conflicts.data !== undefined && items.length === 0 ? <Text size="sm">There is none.</Text> : null}
      {items.length === 0 ? null : (
        <Table.ScrollContainer minWidth={720}>
          <Table verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Value</Table.Th>
                <Table.Th>From</Table.Th>
                <Table.Th>To</Table.Th>
                <Table.Th>By</Table.Th>
                <Table.Th>When</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map(({ identifier, value, from, to, source }) => (
                <Table.Tr key={`${identifier} ${value} ${source.arrival}`}>
                  <Table.Td style={{ overflowWrap: "anywhere" }}>
                    <Text size="sm" span c="dimmed">
                      {identifier}{" "}
                    </Text>
                    {value}
                  </Table.Td>
                  <Table.Td>
                    <ProfileLink number={from} />
                  </Table.Td>
                  <Table.Td>{to === null ? "nobody" : <ProfileLink number={to} />}</Table.Td>
                  <Table.Td style={{ overflowWrap: "anywhere" }}>{source.fileName ?? "–"}</Table.Td>
                  <Table.Td>
                    <Moment instant={source.at} never="–" />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {conflicts.hasNextPage ? (
        <Group>
          <Button
            variant="default"
            size="xs"
            loading={conflicts.isFetchingNextPage}
            onClick={() => void conflicts.fetchNextPage()}
          >
            Show more
          </Button>
        </Group>
      ) : null}
    </Stack>
  );
}

function ProfileLink({ number }: { readonly number: number }) {
  return (
    <AnchorLink to="/profiles/$number" params={{ number }} size="sm">
      Profile {number}
    </AnchorLink>
  );
}
