import { Badge, Button, Code, Group, Modal, Stack, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { LIMIT_WORDS } from "@peregrine/core/data-words";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { notFound, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useMayEdit } from "../../session/use-may-edit.ts";
import { PageTitle } from "../../shell/PageTitle.tsx";
import { Marked } from "../../words/Marked.tsx";
import { counted } from "../../words/number.ts";
import { identifierProfilesQuery, identifiersQuery } from "../queries.ts";
import { IdentifierForm } from "./IdentifierForm.tsx";
import { IdentifierReport } from "./IdentifierReport.tsx";
import { normalisationText } from "./normalisation-text.ts";

const NOBODY: ReadonlySet<string> = new Set();

/** One identifier: its rules, how many profiles have it, and whether it is right. */
export function IdentifierPage() {
  const { id } = useParams({ from: "/shell/identifiers/$id" });
  const { data: identifiers } = useSuspenseQuery(identifiersQuery);
  const { data: counts } = useQuery(identifierProfilesQuery(id));
  const mayEdit = useMayEdit();
  const [isEditing, editing] = useDisclosure(false);
  const identifier = identifiers.find((one) => one.id === id);
  if (identifier === undefined) throw notFound();
  const { definition } = identifier;
  const facts: readonly (readonly [string, ReactNode])[] = [
    ["Id", id],
    ["Values", LIMIT_WORDS[definition.limit]],
    ["Compared", normalisationText(definition.normalise)],
    ["Priority", counted(definition.priority)],
    ["Blocked values", blockedText(definition.blocked)],
  ];
  return (
    <>
      <PageTitle
        title={definition.name ?? id}
        actions={
          mayEdit ? (
            <Button variant="default" onClick={editing.open}>
              Change
            </Button>
          ) : undefined
        }
      />
      <Modal
        opened={isEditing}
        onClose={editing.close}
        title={`Change ${id}`}
        size="lg"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <IdentifierForm start={identifier} taken={NOBODY} onDone={editing.close} />
      </Modal>
      <Stack gap="md">
        <Group gap="sm">
          <Badge
            variant="light"
            color={definition.active ? (counts?.missing === null ? "teal" : "orange") : "gray"}
            c="var(--mantine-color-text)"
            tt="none"
            radius="sm"
          >
            {definition.active
              ? counts?.missing === null
                ? "Available to activations"
                : "Active"
              : "Deactivated"}
          </Badge>
          {counts === undefined ? null : (
            <Text size="sm">
              {counted(counts.withIdentifier)} of {counted(counts.profiles)} profiles have one.
            </Text>
          )}
        </Group>
        {definition.active && counts !== undefined && counts.missing !== null ? (
          <Text size="sm" maw={760}>
            Activations can’t use it: <Marked text={counts.missing} />
          </Text>
        ) : null}
        <Table maw={640} verticalSpacing={6} withRowBorders={false} variant="vertical" layout="fixed">
          <Table.Tbody>
            {facts.map(([name, value]) => (
              <Table.Tr key={name}>
                <Table.Th w={150} fw={400} c="dimmed" bg="transparent">
                  {name}
                </Table.Th>
                <Table.Td style={{ overflowWrap: "anywhere" }}>{value}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Stack>
      <IdentifierReport id={id} />
    </>
  );
}

/** Each in a frame of its own: the value `0` bare would read as "none". */
function blockedText(values: readonly string[]): ReactNode {
  if (values.length === 0) return "None";
  return (
    <Group gap={6}>
      {values.map((value) => (
        <Code key={value}>{value}</Code>
      ))}
    </Group>
  );
}
