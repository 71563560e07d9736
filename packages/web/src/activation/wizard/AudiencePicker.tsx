import { Button, Checkbox, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import type { AudienceView } from "../../audience/queries.ts";
import { AnchorLink } from "../../shell/links.tsx";
import { people } from "../../words/number.ts";

interface Props {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly audiences: readonly AudienceView[];
  readonly chosen: readonly string[];
  /** Where all are chosen already: none is left to choose, and there are some. */
  readonly isNoneLeft?: boolean;
  /** Why an audience can't be chosen, by id. */
  readonly unavailable?: ReadonlyMap<string, string>;
  readonly onApply: (ids: readonly string[]) => void;
}

const NONE: ReadonlyMap<string, string> = new Map();

/** A list with check boxes, and Apply. */
export function AudiencePicker({
  opened,
  onClose,
  audiences,
  chosen,
  isNoneLeft = false,
  unavailable = NONE,
  onApply,
}: Props) {
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
        {isNoneLeft ? (
          <Text>Every audience is linked already.</Text>
        ) : audiences.length === 0 ? (
          <Text>
            There is no audience yet. <AnchorLink to="/audiences">Make one</AnchorLink>; what is typed here is
            kept.
          </Text>
        ) : (
          <TextInput
            label="Search"
            value={sought}
            onChange={(event) => setSought(event.currentTarget.value)}
          />
        )}
        <Stack gap="xs" mah={360} style={{ overflowY: "auto" }}>
          {audiences.length > 0 && found.length === 0 ? (
            <Text size="sm">No audience is called so.</Text>
          ) : null}
          {found.map(({ id, name, size }) => (
            <Checkbox
              key={id}
              label={<bdi>{name}</bdi>}
              description={unavailable.get(id) ?? people(size)}
              disabled={unavailable.has(id)}
              checked={picked.includes(id) && !unavailable.has(id)}
              styles={{ labelWrapper: { minWidth: 0, overflowWrap: "anywhere" }, body: { maxWidth: "100%" } }}
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
          {audiences.length === 0 ? null : (
            <Button onClick={() => onApply(picked.filter((id) => !unavailable.has(id)))}>Apply</Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
