import { Button, Checkbox, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import type { AudienceView } from "../../audience/queries.ts";
import { people } from "../../words/number.ts";

interface Props {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly audiences: readonly AudienceView[];
  readonly chosen: readonly string[];
  readonly onApply: (ids: readonly string[]) => void;
}

/** A list with check boxes, and Apply. */
export function AudiencePicker({ opened, onClose, audiences, chosen, onApply }: Props) {
  const [picked, setPicked] = useState<readonly string[]>(chosen);
  const [sought, setSought] = useState("");
  useEffect(() => {
    if (opened) setPicked(chosen);
  }, [opened, chosen]);
  const found = audiences.filter(({ name }) => name.toLowerCase().includes(sought.trim().toLowerCase()));
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Add audiences"
      size="lg"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack gap="md">
        {audiences.length === 0 ? (
          <Text>There is no audience yet.</Text>
        ) : (
          <TextInput
            label="Search"
            value={sought}
            onChange={(event) => setSought(event.currentTarget.value)}
          />
        )}
        <Stack gap="xs" mah={360} style={{ overflowY: "auto" }}>
          {found.map(({ id, name, size }) => (
            <Checkbox
              key={id}
              label={name}
              description={people(size)}
              checked={picked.includes(id)}
              onChange={(event) =>
                setPicked(
                  event.currentTarget.checked ? [...picked, id] : picked.filter((other) => other !== id),
                )
              }
            />
          ))}
        </Stack>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button onClick={() => onApply(picked)}>Apply</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
