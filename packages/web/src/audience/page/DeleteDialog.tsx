import { Button, Group, List, Modal, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api } from "../../api/client.ts";
import { isOvertaken } from "../../api/overtaken.ts";
import { AnchorLink } from "../../shell/links.tsx";
import { ProblemAlert } from "../../shell/ProblemAlert.tsx";
import { useSeen } from "../../shell/use-seen.ts";
import { people } from "../../words/number.ts";
import { ConflictAlert } from "../builder/ConflictAlert.tsx";
import { type AudienceView, audiencesQuery } from "../queries.ts";
import { useUsage } from "../usage.ts";

interface Props {
  readonly audience: AudienceView;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** What deleting an audience does, or what keeps it from being deleted. */
export function DeleteDialog({ audience, opened, onClose }: Props) {
  const seen = useSeen(audience, opened);
  const { id, name, size } = audience;
  const usage = useUsage(id);
  const isUsed = usage !== undefined && usage.activations.length + usage.audiences.length > 0;
  const queries = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: (version: number) =>
      api.DELETE("/api/v1/audiences/{id}", { params: { path: { id }, query: { version } } }),
    onSuccess: async () => {
      await queries.cancelQueries({ queryKey: audiencesQuery.queryKey, exact: true });
      queries.setQueryData(audiencesQuery.queryKey, (all) => all?.filter((one) => one.id !== id));
      await navigate({ to: "/audiences" });
      queries.removeQueries({ queryKey: ["audiences", id] });
      await queries.invalidateQueries({ queryKey: audiencesQuery.queryKey, exact: true });
    },
  });
  const close = () => {
    remove.reset();
    onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title="Delete this audience?"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack gap="md" style={{ overflowWrap: "anywhere" }}>
        {usage === undefined ? (
          <Text size="sm" role="status">
            Looking where “{name}” is used …
          </Text>
        ) : isUsed ? (
          <>
            <Text size="sm">“{name}” is in use. Take it out there first:</Text>
            <List size="sm">
              {usage.activations.map((one) => (
                <List.Item key={one.id}>
                  <AnchorLink to="/activations/$id" params={{ id: one.id }}>
                    {one.name}
                  </AnchorLink>
                  , an activation that carries it
                </List.Item>
              ))}
              {usage.audiences.map((one) => (
                <List.Item key={one.id}>
                  <AnchorLink to="/audiences/$id" params={{ id: one.id }}>
                    {one.name}
                  </AnchorLink>
                  , an audience whose rule names it
                </List.Item>
              ))}
            </List>
          </>
        ) : (
          <Text size="sm">
            “{name}” with its {people(size)} goes from the list. No person is deleted, and nothing is sent: no
            activation carries it. Its versions are kept.
          </Text>
        )}
        {isOvertaken(remove.error) ? (
          <ConflictAlert
            saved={seen}
            error={remove.error}
            isDeletion
            onSaveOver={(version) => remove.mutate(version)}
            onTakeTheirs={close}
          />
        ) : (
          <ProblemAlert error={remove.error} />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {isUsed ? "Close" : "Keep it"}
          </Button>
          {isUsed ? null : (
            <Button
              color="red"
              loading={remove.isPending}
              disabled={usage === undefined}
              onClick={() => remove.mutate(seen.version)}
            >
              Delete
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
