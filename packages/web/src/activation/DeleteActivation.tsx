import { Button, Group, List, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../api/client.ts";
import { isOvertaken } from "../api/overtaken.ts";
import { Dialog } from "../shell/Dialog.tsx";
import { ProblemAlert } from "../shell/ProblemAlert.tsx";
import { useSeen } from "../shell/use-seen.ts";
import { counted, people } from "../words/number.ts";
import { ActivationConflict } from "./ActivationConflict.tsx";
import type { PeopleChoice } from "./change-activation.ts";
import { hostOf } from "./host.ts";
import { PeopleChoiceField } from "./PeopleChoiceField.tsx";
import {
  type ActivationStatus,
  activationsQuery,
  leftBehindQuery,
  type SegmentStatus,
  type ShownActivation,
} from "./queries.ts";

/** So many segments are named; of more it is told how many they are. */
const NAMED = 5;

/** How many are in a segment now, or may be. */
function insideOf({ accepted, leaving }: SegmentStatus): number {
  return accepted + leaving.waiting + leaving.refused + leaving.held;
}

interface Props {
  readonly activation: ShownActivation;
  readonly status: ActivationStatus;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Says whom a deletion of an activation is about, then does it, and with the people what was chosen. */
export function DeleteActivation({ activation, status, opened, onClose }: Props) {
  const seen = useSeen(activation, opened);
  const { id, name } = activation;
  const [choice, setChoice] = useState<PeopleChoice>("takeOut");
  const { data: left = [] } = useQuery({ ...leftBehindQuery(id), enabled: opened });
  const queries = useQueryClient();
  const navigate = useNavigate();
  const filled = status.segments
    .map((segment) => ({ segment, inside: insideOf(segment) }))
    .filter(({ inside }) => inside > 0)
    .toSorted((one, other) => other.inside - one.inside);
  const inside = filled.reduce((sum, one) => sum + one.inside, 0);
  const leftBefore = left.reduce((sum, segment) => sum + segment.people, 0);
  const remove = useMutation({
    mutationFn: (version: number) =>
      api.DELETE("/api/v1/activations/{id}", {
        params: { path: { id }, query: { people: choice, version } },
      }),
    onSuccess: async () => {
      await queries.cancelQueries({ queryKey: activationsQuery.queryKey, exact: true });
      queries.setQueryData(activationsQuery.queryKey, (all) => all?.filter((one) => one.id !== id));
      await navigate({
        to: "/activations",
        search: choice === "takeOut" && inside > 0 ? { leaving: id } : {},
      });
      await queries.invalidateQueries({ queryKey: ["activations"] });
    },
  });
  const close = () => {
    remove.reset();
    onClose();
  };
  return (
    <Dialog title="Delete this activation?" opened={opened} onClose={close} size="lg">
      <Stack gap="md" style={{ overflowWrap: "anywhere" }}>
        <Text size="sm">
          “<bdi>{name}</bdi>” goes from the list, with its settings and its secret. No profile and no audience
          is deleted.{filled.length === 0 ? " Nobody is in its segments." : ""}
        </Text>
        {filled.length === 0 ? null : (
          <>
            <div>
              <Text size="sm">In its segments in {hostOf(activation)} are now:</Text>
              <List size="sm">
                {filled.slice(0, NAMED).map(({ segment, inside: count }) => (
                  <List.Item key={segment.audienceId}>
                    {people(count)} in “<bdi>{segment.name}</bdi>”
                  </List.Item>
                ))}
                {filled.length > NAMED ? (
                  <List.Item>
                    {people(filled.slice(NAMED).reduce((sum, one) => sum + one.inside, 0))} in{" "}
                    {counted(filled.length - NAMED)} more
                  </List.Item>
                ) : null}
              </List>
            </div>
            <PeopleChoiceField count={inside} value={choice} onChange={setChoice} />
          </>
        )}
        {leftBefore === 0 ? null : (
          <Text size="sm">
            {people(leftBefore)} who {leftBefore === 1 ? "was" : "were"} left in segments of removed audiences{" "}
            {leftBefore === 1 ? "stays" : "stay"} there.
          </Text>
        )}
        <Text size="sm" fw={600}>
          This can’t be undone.
          {choice === "leave" && inside > 0 ? " Nothing here takes them out later." : ""}
        </Text>
        {isOvertaken(remove.error) ? (
          <ActivationConflict
            began={seen}
            error={remove.error}
            isDeletion
            onSaveOver={({ version }) => remove.mutate(version)}
            onTakeTheirs={close}
          />
        ) : (
          <ProblemAlert error={remove.error} />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate(seen.version)}>
            {inside === 0
              ? "Delete activation"
              : choice === "leave"
                ? `Delete and leave ${people(inside)}`
                : `Take ${people(inside)} out and delete`}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
