import { Code, Stack, Text } from "@mantine/core";
import { differencesOf } from "./differences.ts";

interface Props {
  readonly before: unknown;
  readonly after: unknown;
}

/** The fields in which two versions of a thing differ, one beneath the other. */
export function DifferenceList({ before: earlier, after: later }: Props) {
  return (
    <Stack gap="xs" mt="sm">
      {differencesOf(earlier, later).map(({ field, before, after }) => (
        <Text size="sm" key={field} style={{ overflowWrap: "anywhere" }}>
          <b>{field}</b>: <Code>{before}</Code> → <Code>{after}</Code>
        </Text>
      ))}
    </Stack>
  );
}
