import { Button, Code, CopyButton, Group, Paper, Select, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Marked } from "../../words/Marked.tsx";
import type { ActivationSetup } from "../queries.ts";
import { masked } from "./masked.ts";

interface Props {
  readonly setup: ActivationSetup;
  /** The Client Secret as far as it is typed: it isn't shown until somebody asks. */
  readonly secret: string;
  readonly onVersion: (version: string) => void;
}

/** What is to be set up in Ibexa, for the chosen version, filled in as one types. */
export function IbexaSide({ setup, secret, onVersion }: Props) {
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
        {setup.parts.map((part) => (
          <Part key={part.id} part={part} secret={secret} />
        ))}
      </Stack>
    </Paper>
  );
}

interface PartProps {
  readonly part: ActivationSetup["parts"][number];
  readonly secret: string;
}

function Part({ part: { title, file, text, notes }, secret }: PartProps) {
  const [isRevealed, { toggle }] = useDisclosure(false);
  const hidden = text === null ? null : masked(text, secret);
  return (
    <section aria-label={title}>
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm" fw={600}>
          {title}
        </Text>
        {text === null ? null : (
          <Group gap="xs" wrap="nowrap">
            {hidden === text ? null : (
              <Button size="compact-xs" variant="default" aria-pressed={isRevealed} onClick={toggle}>
                {isRevealed ? "Hide secret" : "Show secret"}
              </Button>
            )}
            <CopyButton value={text}>
              {({ copied, copy }) => (
                <Button size="compact-xs" variant="default" onClick={copy} aria-label={`Copy: ${title}`}>
                  {copied ? "Copied" : "Copy"}
                </Button>
              )}
            </CopyButton>
          </Group>
        )}
      </Group>
      {file === null ? null : <Text size="xs">{file}</Text>}
      {text === null ? null : (
        <Code block tabIndex={0} mt={4}>
          {isRevealed ? text : hidden}
        </Code>
      )}
      {notes.map((note) => (
        <Text size="xs" key={note} mt={4}>
          <Marked text={note} />
        </Text>
      ))}
    </section>
  );
}
