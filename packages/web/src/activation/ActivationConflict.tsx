import { Alert, Button, Code, Group, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { ApiProblem } from "../api/client.ts";
import { differencesOf } from "../shell/differences.ts";
import { activationQuery, type ShownActivation } from "./queries.ts";

interface Props {
  /** As it was when the editing began. */
  readonly began: ShownActivation;
  readonly error: Error;
  readonly onSaveOver: (theirs: ShownActivation) => void;
  readonly onTakeTheirs: (theirs: ShownActivation) => void;
}

/** Somebody else saved the activation in between: what did they change, and whose holds? */
export function ActivationConflict({ began, error, onSaveOver, onTakeTheirs }: Props) {
  const [isComparing, comparing] = useDisclosure(false);
  const { data: theirs } = useQuery({ ...activationQuery(began.id), refetchOnMount: "always" });
  const isKnown = theirs !== undefined && theirs.version !== began.version;
  return (
    <Alert color="orange" role="alert">
      <Text size="sm" fw={600}>
        Somebody else saved this activation while you were editing
      </Text>
      <Text size="sm">{error.message} Nothing of yours is lost, and nothing of theirs was changed.</Text>
      {isKnown ? (
        <>
          <Group gap="xs" mt="sm">
            <Button size="xs" variant="default" aria-expanded={isComparing} onClick={comparing.toggle}>
              See what they changed
            </Button>
            <Button size="xs" variant="default" onClick={() => onTakeTheirs(theirs)}>
              Take theirs, drop mine
            </Button>
            <Button size="xs" onClick={() => onSaveOver(theirs)}>
              Save mine over it
            </Button>
          </Group>
          {isComparing ? (
            <Stack gap="xs" mt="sm">
              {differencesOf(told(began), told(theirs)).map(({ field, before, after }) => (
                <Text size="sm" key={field} style={{ overflowWrap: "anywhere" }}>
                  <b>{field}</b>: <Code>{before}</Code> → <Code>{after}</Code>
                </Text>
              ))}
            </Stack>
          ) : null}
        </>
      ) : null}
    </Alert>
  );
}

/** Whether somebody else saved it in between. */
export function isOvertaken(error: Error | null): error is ApiProblem {
  return error instanceof ApiProblem && error.problem.code === "savedMeanwhile";
}

/** What people can change of an activation, each setting by its own name. */
function told({ name, description, settings, audiences, guard, state }: ShownActivation) {
  return { name, description, audiences, guard, state, ...settings };
}
