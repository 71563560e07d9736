import { Button, Code, CopyButton, Group, Paper, Stack, Text } from "@mantine/core";
import type { Schemas } from "../api/schemas.ts";

interface Props {
  readonly made: Schemas["NewStreamId"];
  /** Whether the command sends drafts, which are only looked at. */
  readonly draft: boolean;
}

/** A stream id, shown this once, with what to do with it. */
export function StreamIdShown({ made, draft }: Props) {
  const url = `${window.location.origin}${made.path}`;
  const command = [
    `curl ${url} \\`,
    `  -H 'x-streamid: ${made.streamId}' \\`,
    ...(draft ? ["  -H 'x-isdraft: true' \\"] : []),
    "  -H 'Content-Type: application/json' \\",
    `  -d '[{"id": 14, "login": "jo", "email": "jo@example.com", "name": "Jo"}]'`,
  ].join("\n");
  return (
    <Paper withBorder p="md" component="section" aria-label="New stream id">
      <Stack gap="sm">
        <div>
          <Text fw={600}>This stream id is shown only now</Text>
          <Text size="sm">Copy it where you keep secrets: whoever has it may send rows.</Text>
        </div>
        <Copied label="Stream id" text={made.streamId} />
        <Copied label="Address" text={url} />
        <Copied label="Try it from a command line" text={command} />
      </Stack>
    </Paper>
  );
}

function Copied({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <section aria-label={label}>
      <Group justify="space-between">
        <Text size="sm" fw={600}>
          {label}
        </Text>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button size="compact-xs" variant="default" onClick={copy} aria-label={`Copy: ${label}`}>
              {copied ? "Copied" : "Copy"}
            </Button>
          )}
        </CopyButton>
      </Group>
      <Code block tabIndex={0} mt={4}>
        {text}
      </Code>
    </section>
  );
}
