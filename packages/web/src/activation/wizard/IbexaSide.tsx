import { Button, Code, CopyButton, Group, Paper, Select, Stack, Text, Title } from "@mantine/core";
import type { ActivationSetup } from "../queries.ts";

interface Props {
  readonly setup: ActivationSetup;
  readonly onVersion: (version: string) => void;
}

/** What is to be set up in Ibexa, for the chosen version, filled in as one types. */
export function IbexaSide({ setup, onVersion }: Props) {
  return (
    <Paper withBorder p="md">
      <Stack gap="md">
        <Group justify="space-between" align="flex-end">
          <Title order={2} size="h4">
            Ibexa’s side
          </Title>
          <Select
            label="Ibexa version"
            data={setup.versions}
            value={setup.version}
            allowDeselect={false}
            w={130}
            onChange={(value) => value !== null && onVersion(value)}
          />
        </Group>
        {setup.parts.map(({ id, title, file, text, notes }) => (
          <section key={id} aria-label={title}>
            <Group justify="space-between" wrap="nowrap">
              <Text size="sm" fw={600}>
                {title}
              </Text>
              {text === null ? null : (
                <CopyButton value={text}>
                  {({ copied, copy }) => (
                    <Button size="compact-xs" variant="default" onClick={copy} aria-label={`Copy: ${title}`}>
                      {copied ? "Copied" : "Copy"}
                    </Button>
                  )}
                </CopyButton>
              )}
            </Group>
            {file === null ? null : <Text size="xs">{file}</Text>}
            {text === null ? null : (
              <Code block tabIndex={0} mt={4}>
                {text}
              </Code>
            )}
            {notes.map((note) => (
              <Text size="xs" key={note} mt={4}>
                {note}
              </Text>
            ))}
          </section>
        ))}
      </Stack>
    </Paper>
  );
}
