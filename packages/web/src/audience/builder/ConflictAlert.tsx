import { Alert, Button, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { VersionComparison } from "../page/VersionComparison.tsx";
import { type AudienceView, audienceQuery } from "../queries.ts";

interface Props {
  /** As it was when the editing began. */
  readonly saved: AudienceView;
  readonly error: Error;
  readonly onSaveOver: (version: number) => void;
  readonly onTakeTheirs: (theirs: AudienceView) => void;
}

/** Somebody else saved the audience in between: what did they change, and whose holds? */
export function ConflictAlert({ saved, error, onSaveOver, onTakeTheirs }: Props) {
  const [isComparing, comparing] = useDisclosure(false);
  const { data: theirs } = useQuery({ ...audienceQuery(saved.id), refetchOnMount: "always" });
  const isKnown = theirs !== undefined && theirs.version !== saved.version;
  return (
    <Alert color="orange" role="alert">
      <Text size="sm" fw={600}>
        Somebody else saved this audience while you were editing
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
            <Button size="xs" onClick={() => onSaveOver(theirs.version)}>
              Save mine over it
            </Button>
          </Group>
          {isComparing ? <VersionComparison id={saved.id} from={saved.version} to={theirs.version} /> : null}
        </>
      ) : null}
    </Alert>
  );
}
