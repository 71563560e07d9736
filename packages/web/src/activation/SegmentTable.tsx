import { Button, Group, Stack, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { audiencesQuery } from "../audience/queries.ts";
import { useMayEdit } from "../session/use-may-edit.ts";
import { Dialog } from "../shell/Dialog.tsx";
import { AnchorLink } from "../shell/links.tsx";
import { ProblemAlert } from "../shell/ProblemAlert.tsx";
import { useIsNarrow } from "../shell/use-is-narrow.ts";
import { Marked } from "../words/Marked.tsx";
import { Moment } from "../words/Moment.tsx";
import { counted } from "../words/number.ts";
import { changeActivation, type PeopleChoice } from "./change-activation.ts";
import { LeftBehind } from "./LeftBehind.tsx";
import { PeopleChoiceField } from "./PeopleChoiceField.tsx";
import {
  type ActivationStatus,
  activationsQuery,
  type SegmentStatus,
  type ShownActivation,
} from "./queries.ts";
import { StatusBadge } from "./StatusBadge.tsx";
import { sentAlready } from "./sent-already.ts";
import { AudiencePicker } from "./wizard/AudiencePicker.tsx";
import { RunPreview } from "./wizard/RunPreview.tsx";

interface Props {
  readonly activation: ShownActivation;
  readonly status: ActivationStatus;
}

/** The audiences of an activation and how each stands. */
export function SegmentTable({ activation, status }: Props) {
  const { segments } = status;
  const mayEdit = useMayEdit() && activation.origin !== "file";
  const isNarrow = useIsNarrow();
  const [removed, setRemoved] = useState<SegmentStatus>();
  const opener = useRef<HTMLElement>(null);
  const columns = COLUMNS.filter(({ isRare, of }) => !isRare || segments.some((one) => of(one) > 0));
  return (
    <Stack gap="md" mt="md">
      {mayEdit ? <AddAudiences activation={activation} /> : null}
      {removed === undefined ? null : (
        <RemoveAudience
          activation={activation}
          segment={removed}
          onClose={() => {
            setRemoved(undefined);
            opener.current?.focus();
          }}
        />
      )}
      {segments.length === 0 ? (
        <Text>No audience is linked. Each audience that you add becomes a segment in Ibexa.</Text>
      ) : (
        <Table.ScrollContainer minWidth={isNarrow ? 640 : 920}>
          <Table verticalSpacing="xs" horizontalSpacing={6} fz="sm">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Audience</Table.Th>
                <Table.Th>Synchronization status</Table.Th>
                {isNarrow ? null : (
                  <>
                    <Table.Th>Last synchronized</Table.Th>
                    <Table.Th miw={150}>Last checked for audience changes</Table.Th>
                  </>
                )}
                {columns.map(({ label }) => (
                  <Table.Th key={label} ta="right">
                    {label}
                  </Table.Th>
                ))}
                {mayEdit ? <Table.Th aria-label="Actions" /> : null}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {segments.map((segment) => (
                <Row
                  key={segment.audienceId}
                  segment={segment}
                  columns={columns}
                  isNarrow={isNarrow}
                  onRemove={
                    mayEdit && !segment.takingOut
                      ? (button) => {
                          opener.current = button;
                          setRemoved(segment);
                        }
                      : undefined
                  }
                  mayEdit={mayEdit}
                />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <LeftBehind id={activation.id} />
    </Stack>
  );
}

interface Column {
  readonly label: string;
  /** Shown only where there is somebody. */
  readonly isRare?: boolean;
  readonly of: (segment: SegmentStatus) => number;
}

/** The numbers of a segment: the size is the sum of those up to "Excluded"; who leaves stands apart. */
const COLUMNS: readonly Column[] = [
  { label: "Size", of: ({ size }) => size },
  { label: "Accepted", of: ({ accepted }) => accepted },
  { label: "To be sent", of: ({ waiting }) => waiting },
  { label: "Refused", of: ({ refused }) => refused },
  { label: "No userid", of: ({ withoutIdentifier }) => withoutIdentifier },
  { label: "Excluded", isRare: true, of: ({ suppressed }) => suppressed },
  {
    label: "Leaving",
    isRare: true,
    of: ({ leaving }) => leaving.waiting + leaving.refused + leaving.held,
  },
];

interface RowProps {
  readonly segment: SegmentStatus;
  readonly columns: readonly Column[];
  /** The times stand beneath the status. */
  readonly isNarrow: boolean;
  readonly mayEdit: boolean;
  /** Is given the button, to which the focus comes back. */
  readonly onRemove: ((button: HTMLElement) => void) | undefined;
}

function Row({ segment, columns, isNarrow, mayEdit, onRemove }: RowProps) {
  const { lastSynchronizedAt, lastCheckedAt } = segment;
  return (
    <Table.Tr>
      <Table.Td style={{ overflowWrap: "anywhere" }} miw={160}>
        <AnchorLink
          to="/audiences/$id"
          params={{ id: segment.audienceId }}
          size="sm"
          fw={600}
          dir="auto"
          lineClamp={3}
          title={segment.name}
        >
          {segment.name}
        </AnchorLink>
        {segment.takingOut ? <Text size="sm">Removed: everyone is taken out of the segment</Text> : null}
        {segment.error === null ? null : (
          <Text size="sm" c="var(--mantine-color-error)">
            <Marked text={`${segment.error.detail} ${segment.error.remedy}`} />
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <StatusBadge status={segment.status} />
        {isNarrow ? (
          <>
            <TimeBeneath label="Synchronized" instant={lastSynchronizedAt} />
            <TimeBeneath label="Checked" instant={lastCheckedAt} />
          </>
        ) : null}
      </Table.Td>
      {isNarrow ? null : (
        <>
          <Table.Td>
            <Moment instant={lastSynchronizedAt} />
          </Table.Td>
          <Table.Td>
            <Moment instant={lastCheckedAt} />
          </Table.Td>
        </>
      )}
      {columns.map(({ label, of }) => (
        <Table.Td key={label} ta="right" style={{ fontVariantNumeric: "tabular-nums" }}>
          {counted(of(segment))}
        </Table.Td>
      ))}
      {mayEdit ? (
        <Table.Td ta="right">
          {onRemove === undefined ? null : (
            <Button
              size="compact-sm"
              variant="subtle"
              onClick={({ currentTarget }) => onRemove(currentTarget)}
              aria-label={`Remove ${segment.name}`}
            >
              Remove
            </Button>
          )}
        </Table.Td>
      ) : null}
    </Table.Tr>
  );
}

function TimeBeneath({ label, instant }: { readonly label: string; readonly instant: string | null }) {
  return (
    <Group gap={4} wrap="nowrap">
      <Text size="xs">{label}</Text>
      <Moment instant={instant} size="xs" />
    </Group>
  );
}

function AddAudiences({ activation }: { readonly activation: ShownActivation }) {
  const { data: audiences } = useQuery(audiencesQuery);
  const { data: activations } = useQuery(activationsQuery);
  const [isPicking, picking] = useDisclosure(false);
  const [picked, setPicked] = useState(NONE);
  const opener = useRef<HTMLButtonElement>(null);
  const others = (audiences ?? []).filter(({ id }) => !activation.audiences.includes(id));
  return (
    <Group>
      <Button ref={opener} variant="default" onClick={picking.open} disabled={audiences === undefined}>
        + Add audiences
      </Button>
      <AudiencePicker
        opened={isPicking}
        onClose={picking.close}
        audiences={others}
        isNoneLeft={others.length === 0 && activation.audiences.length > 0}
        chosen={NONE}
        unavailable={sentAlready(activations ?? [], activation.settings["baseUrl"], activation.id)}
        onApply={(ids) => {
          setPicked(ids);
          picking.close();
        }}
      />
      {picked.length === 0 ? null : (
        <AddPicked
          activation={activation}
          picked={picked}
          onClose={() => {
            setPicked(NONE);
            opener.current?.focus();
          }}
        />
      )}
    </Group>
  );
}

interface AddProps {
  readonly activation: ShownActivation;
  /** Ids of audiences that it doesn't carry yet. */
  readonly picked: readonly string[];
  readonly onClose: () => void;
}

/** Says who would join the segments of new audiences before they are added. */
function AddPicked({ activation, picked, onClose }: AddProps) {
  const queries = useQueryClient();
  const audiences = [...new Set([...activation.audiences, ...picked])];
  const add = useMutation({
    mutationFn: () => changeActivation(activation, { audiences }),
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries({ queryKey: ["activations"] }),
  });
  const what = picked.length === 1 ? "1 audience" : `${counted(picked.length)} audiences`;
  return (
    <Dialog title={`Add ${what}`} opened onClose={onClose} size="xl">
      <Stack gap="md">
        <Text size="sm">
          {activation.state === "paused"
            ? "The activation is paused: nothing is sent before it is resumed."
            : "Nothing is sent yet. Once added, these people are sent within a minute."}
        </Text>
        <RunPreview
          id={activation.id}
          audiences={audiences}
          personIdentifier={activation.personIdentifier}
          only={picked}
        />
        <ProblemAlert error={add.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button loading={add.isPending} onClick={() => add.mutate()}>
            Add {what}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

const NONE: readonly string[] = [];

interface RemoveProps {
  readonly activation: ShownActivation;
  readonly segment: SegmentStatus;
  readonly onClose: () => void;
}

function RemoveAudience({ activation, segment, onClose }: RemoveProps) {
  const { audienceId, name, accepted, leaving } = segment;
  const [choice, setChoice] = useState<PeopleChoice>("takeOut");
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => {
      const audiences = activation.audiences.filter((id) => id !== audienceId);
      return changeActivation(activation, { audiences }, { people: choice });
    },
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries({ queryKey: ["activations"] }),
  });
  return (
    <Dialog title={`Remove “${name}”`} opened onClose={onClose} size="lg">
      <Stack gap="md">
        <PeopleChoiceField
          count={accepted + leaving.waiting + leaving.refused + leaving.held}
          value={choice}
          onChange={setChoice}
        />
        <ProblemAlert error={remove.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
            Remove audience
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
