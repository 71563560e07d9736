import { Alert, Button, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ReactNode } from "react";

interface Props {
  /** What it is called that two people edit, such as "audience". */
  readonly what: string;
  readonly error: Error;
  /** Theirs is here, so that it can be looked at and decided on. */
  readonly isKnown: boolean;
  /** It was to be deleted, and not changed. */
  readonly isDeletion?: boolean | undefined;
  /** Saves one's own over theirs, or deletes it all the same. */
  readonly onSaveOver: () => void;
  readonly onTakeTheirs: () => void;
  /** What they changed. */
  readonly children: ReactNode;
}

const WORDS = {
  change: {
    when: "while you were editing",
    so: "Nothing of yours is lost, and nothing of theirs was changed.",
    theirs: "Take theirs, drop mine",
    mine: "Save mine over it",
  },
  deletion: {
    when: "since you saw it",
    so: "It was not deleted.",
    theirs: "Keep it",
    mine: "Delete it all the same",
  },
} as const;

/** Somebody else saved it in between: what did they change, and whose holds? */
export function SavedMeanwhile({
  what,
  error,
  isKnown,
  isDeletion = false,
  onSaveOver,
  onTakeTheirs,
  children,
}: Props) {
  const { when, so, theirs, mine } = WORDS[isDeletion ? "deletion" : "change"];
  const [isComparing, comparing] = useDisclosure(false);
  return (
    <Alert color="orange" role="alert">
      <Text size="sm" fw={600}>
        Somebody else saved this {what} {when}
      </Text>
      <Text size="sm">
        {error.message} {so}
      </Text>
      {isKnown ? (
        <>
          <Group gap="xs" mt="sm">
            {/* The one that loses nothing of anybody's comes first. */}
            <Button size="xs" aria-expanded={isComparing} onClick={comparing.toggle}>
              See what they changed
            </Button>
            <Button size="xs" variant="default" onClick={onTakeTheirs}>
              {theirs}
            </Button>
            <Button
              size="xs"
              variant="default"
              {...(isDeletion ? { c: "var(--mantine-color-error)" } : {})}
              onClick={onSaveOver}
            >
              {mine}
            </Button>
          </Group>
          {isComparing ? children : null}
        </>
      ) : null}
    </Alert>
  );
}
