import { Stack, Table, Text } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { AnchorLink, ButtonLink } from "../shell/links.tsx";
import { PageTitle } from "../shell/PageTitle.tsx";
import { counted } from "../words/number.ts";
import { exactly } from "../words/time.ts";
import { PurgeNow } from "./PurgeNow.tsx";
import { deletionQuery, type PersonDeletion } from "./queries.ts";

const SENTENCES: Readonly<Record<PersonDeletion["state"], string>> = {
  takingOut: "Nothing is sent about this person any more. They are being taken out of their segments.",
  purging: "They are out of every segment. What is known of them is being removed.",
  done: "It is done: nothing of this person is left.",
};

const REASONS: Readonly<Record<PersonDeletion["waitsFor"][number]["because"], string>> = {
  toBeSent: "To be sent",
  refused: "Refused by Ibexa",
  paused: "The activation is paused",
};

/** How far the deletion of a person is, and what it waits for. */
export function DeletionPage() {
  const { id } = useParams({ from: "/shell/deletions/$id" });
  const { data: deletion } = useSuspenseQuery(deletionQuery(id));
  const { state, profile, waitsFor, counts, refuseUntil } = deletion;
  return (
    <>
      <PageTitle
        title={`Deletion of profile ${profile}`}
        actions={
          <>
            {waitsFor.length === 0 ? null : <PurgeNow deletion={deletion} />}
            <ButtonLink to="/deletions" variant="default">
              Deleted people
            </ButtonLink>
          </>
        }
      />
      <Stack gap="md">
        <Text aria-live="polite">{SENTENCES[state]}</Text>
        {waitsFor.length === 0 ? null : (
          <Table maw={760} verticalSpacing="xs" withTableBorder>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Still in</Table.Th>
                <Table.Th>Activation</Table.Th>
                <Table.Th>Because</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {waitsFor.map(({ activation, audience, because, answer }) => (
                <Table.Tr key={`${activation.id} ${audience.id}`}>
                  <Table.Td style={{ overflowWrap: "anywhere" }}>{audience.name}</Table.Td>
                  <Table.Td style={{ overflowWrap: "anywhere" }}>
                    <AnchorLink to="/activations/$id" params={{ id: activation.id }} size="sm">
                      {activation.name}
                    </AnchorLink>
                  </Table.Td>
                  <Table.Td>
                    {REASONS[because]}
                    {answer === null ? null : <Text size="sm">{answer}</Text>}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
        {counts === null ? null : (
          <Text size="sm">
            Removed: {counted(counts.rows)} rows, {counted(counts.events)} events,{" "}
            {counted(counts.attributes)} attributes, {counted(counts.identifiers)} identifiers.
          </Text>
        )}
        <Text size="sm">Rows that come late about this person are refused until {exactly(refuseUntil)}.</Text>
      </Stack>
    </>
  );
}
