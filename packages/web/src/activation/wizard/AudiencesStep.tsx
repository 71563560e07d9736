import { Alert, Button, Group, Stack, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { STATUS_WORDS } from "@peregrine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { audiencesQuery } from "../../audience/queries.ts";
import { ProblemAlert } from "../../shell/ProblemAlert.tsx";
import { counted } from "../../words/number.ts";
import { activationsQuery } from "../queries.ts";
import { sentAlready } from "../sent-already.ts";
import { TestPerson } from "../TestPerson.tsx";
import { AudiencePicker } from "./AudiencePicker.tsx";
import { type Draft, NEW_ID } from "./draft.ts";
import { RunPreview } from "./RunPreview.tsx";

interface Props {
  readonly draft: Draft;
  readonly change: (patch: Partial<Draft>) => void;
  readonly onBack: () => void;
  readonly onSave: (state: "active" | "paused") => void;
  /** Keeps it paused, so that one person can be tried, and stays here. */
  readonly onKeep: () => void;
  readonly isSaving: boolean;
  readonly error: Error | null;
}

/** Which audiences are sent, what Save will do, and Save. */
export function AudiencesStep({ draft, change, onBack, onSave, onKeep, isSaving, error }: Props) {
  const { data: audiences } = useSuspenseQuery(audiencesQuery);
  const { data: activations } = useSuspenseQuery(activationsQuery);
  const [isPicking, picking] = useDisclosure(false);
  const chosen = audiences.filter(({ id }) => draft.audiences.includes(id));
  return (
    <Stack gap="md" mt="md">
      <Group>
        <Button variant="default" onClick={picking.open}>
          + Add audiences
        </Button>
      </Group>
      <AudiencePicker
        opened={isPicking}
        onClose={picking.close}
        audiences={audiences}
        chosen={draft.audiences}
        unavailable={sentAlready(activations, draft.baseUrl, draft.saved?.id)}
        onApply={(ids) => {
          change({ audiences: ids });
          picking.close();
        }}
      />
      {chosen.length === 0 ? (
        <Text>No audience is linked yet. You may save without one and add audiences later.</Text>
      ) : (
        <Table.ScrollContainer minWidth={640}>
          <Table verticalSpacing="sm">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Audience</Table.Th>
                <Table.Th>Synchronization status</Table.Th>
                <Table.Th>Last synchronized</Table.Th>
                <Table.Th>Last checked for audience changes</Table.Th>
                <Table.Th ta="right">Size</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {chosen.map(({ id, name, size }) => (
                <Table.Tr key={id}>
                  <Table.Td style={{ overflowWrap: "anywhere" }}>
                    <bdi>{name}</bdi>
                  </Table.Td>
                  <Table.Td>{STATUS_WORDS.notYetSynced}</Table.Td>
                  <Table.Td>Never</Table.Td>
                  <Table.Td>Never</Table.Td>
                  <Table.Td ta="right">{counted(size)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <Review draft={draft} names={chosen.map(({ name }) => name)} />
      {chosen.length === 0 ? null : (
        <RunPreview
          id={draft.saved?.id ?? NEW_ID}
          audiences={chosen.map(({ id }) => id)}
          personIdentifier={draft.personIdentifier}
        />
      )}
      {draft.saved === null ? (
        <Group>
          <Button variant="default" onClick={onKeep} loading={isSaving}>
            Send one test person
          </Button>
          <Text size="sm">Keeps the activation paused first; nobody else is sent.</Text>
        </Group>
      ) : (
        <>
          <Text size="sm" role="status">
            The activation is kept, paused. Nobody but the test person is sent before you save.
          </Text>
          <TestPerson id={draft.saved.id} />
        </>
      )}
      <ProblemAlert error={error} />
      <Group>
        <Button variant="default" onClick={onBack}>
          Back
        </Button>
        <Button onClick={() => onSave("active")} loading={isSaving}>
          Save
        </Button>
        <Button variant="default" onClick={() => onSave("paused")} loading={isSaving}>
          Save paused
        </Button>
      </Group>
    </Stack>
  );
}

/** What Save will do, in sentences. */
function Review({ draft, names }: { readonly draft: Draft; readonly names: readonly string[] }) {
  const host = URL.canParse(draft.baseUrl) ? new URL(draft.baseUrl).host : draft.baseUrl;
  const [segments, whose] = names.length === 1 ? ["1 segment", "its"] : [`${names.length} segments`, "their"];
  return (
    <Alert color="gray" title="What Save will do" c="var(--mantine-color-text)">
      <Text size="sm" style={{ overflowWrap: "anywhere" }}>
        {names.length === 0
          ? `The activation “${draft.name}” is kept, and nothing is sent to ${host} before an audience is linked.`
          : `${segments} will be made in the segment group ${draft.segmentGroupIdentifier} at ${host}, and ${whose} people are sent within a minute. Save paused keeps everything and sends nothing.`}
      </Text>
    </Alert>
  );
}
