import { Alert, Button, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ReactNode } from "react";

interface Props {
  /** What it is called that two people edit, such as "audience". */
  readonly what: string;
  readonly error: Error;
  /** Theirs is here, so that it can be looked at and decided on. */
  readonly isKnown: boolean;
  readonly onSaveOver: () => void;
  readonly onTakeTheirs: () => void;
  /** What they changed. */
  readonly children: ReactNode;
}

/** Somebody else saved it in between: what did they change, and whose holds? */
export function SavedMeanwhile({ what, error, isKnown, onSaveOver, onTakeTheirs, children }: Props) {
  const [isComparing, comparing] = useDisclosure(false);
  return (
    <Alert color="orange" role="alert">
      <Text size="sm" fw={600}>
        Somebody else saved this {what} while you were editing
      </Text>
      <Text size="sm">{error.message} Nothing of yours is lost, and nothing of theirs was changed.</Text>
      {isKnown ? (
        <>
          <Group gap="xs" mt="sm">
            <Button size="xs" variant="default" aria-expanded={isComparing} onClick={comparing.toggle}>
              See what they changed
            </Button>
            <Button size="xs" variant="default" onClick={onTakeTheirs}>
              Take theirs, drop mine
            </Button>
            <Button size="xs" onClick={onSaveOver}>
              Save mine over it
            </Button>
          </Group>
          {isComparing ? children : null}
        </>
      ) : null}
    </Alert>
  );
}
