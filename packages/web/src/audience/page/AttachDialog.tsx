import { Button, Group, Modal, Radio, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { changeActivation } from "../../activation/change-activation.ts";
import { activationsQuery, type ShownActivation } from "../../activation/queries.ts";
import { RunPreview } from "../../activation/wizard/RunPreview.tsx";
import { ButtonLink } from "../../shell/links.tsx";
import { ProblemAlert } from "../../shell/ProblemAlert.tsx";
import type { AudienceView } from "../queries.ts";

interface Props {
  readonly audience: AudienceView;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** More than so many are searched through. */
const AT_A_GLANCE = 8;

/** Which activation is to carry the audience too, and what that sends. */
export function AttachDialog({ audience, opened, onClose }: Props) {
  const { id, name } = audience;
  const queries = useQueryClient();
  const { data, error } = useQuery(activationsQuery);
  const [chosen, setChosen] = useState<string | null>(null);
  const [sought, setSought] = useState("");
  const question = useId();
  const activations = data ?? [];
  const free = activations.filter(({ audiences }) => !audiences.includes(id));
  const found = free.filter(({ name: called }) => called.toLowerCase().includes(sought.trim().toLowerCase()));
  const activation = free.find((one) => one.id === chosen);
  const attach = useMutation({
    mutationFn: (to: ShownActivation) => changeActivation(to, { audiences: [...to.audiences, id] }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["activations"] });
      onClose();
    },
  });
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Add to an activation"
      size="lg"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack gap="md">
        {data === undefined ? (
          error === null ? (
            <Text role="status">Looking which activations there are …</Text>
          ) : (
            <ProblemAlert error={error} />
          )
        ) : free.length === 0 ? (
          <Text>
            {activations.length === 0
              ? "There is no activation yet. Create one, and choose this audience there."
              : "Every activation carries it already."}
          </Text>
        ) : (
          <>
            <Text id={question} size="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
              Which activation sends “<bdi>{name}</bdi>” too?
            </Text>
            {free.length <= AT_A_GLANCE ? null : (
              <TextInput
                label="Search"
                value={sought}
                onChange={(event) => setSought(event.currentTarget.value)}
              />
            )}
            <Radio.Group aria-labelledby={question} value={chosen} onChange={setChosen}>
              <Stack gap="xs" mt="xs" mah={360} style={{ overflowY: "auto" }}>
                {found.length === 0 ? <Text size="sm">No activation is called so.</Text> : null}
                {found.map((one) => (
                  <Radio
                    key={one.id}
                    value={one.id}
                    label={<bdi>{one.name}</bdi>}
                    description={one.state === "paused" ? "Paused" : undefined}
                    styles={{
                      labelWrapper: { minWidth: 0, overflowWrap: "anywhere" },
                      body: { maxWidth: "100%" },
                    }}
                  />
                ))}
              </Stack>
            </Radio.Group>
          </>
        )}
        {activation === undefined ? null : (
          <>
            <Text size="sm">
              {activation.state === "paused"
                ? "A segment is made for it when the activation is resumed; then these people are sent."
                : "A segment is made for it, and these people are sent within a minute."}
            </Text>
            <RunPreview
              id={activation.id}
              audiences={[...activation.audiences, id]}
              personIdentifier={activation.personIdentifier}
              only={[id]}
            />
          </>
        )}
        <ProblemAlert error={attach.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          {data?.length === 0 ? (
            <ButtonLink to="/activations/new">Create New Activation</ButtonLink>
          ) : (
            <Button
              disabled={activation === undefined}
              loading={attach.isPending}
              onClick={() => activation !== undefined && attach.mutate(activation)}
            >
              Add
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
