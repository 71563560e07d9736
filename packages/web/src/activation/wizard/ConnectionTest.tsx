import { Button, Group, List, Paper, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { api, dataOf } from "../../api/client.ts";
import type { Schemas } from "../../api/schemas.ts";
import { ProblemAlert } from "../../shell/ProblemAlert.tsx";
import { Marked } from "../../words/Marked.tsx";

const SIGNS = { yes: "✓", no: "✗", unknown: "?" } as const;
const SIGN_COLORS = {
  yes: "var(--mantine-color-teal-light-color)",
  no: "var(--mantine-color-error)",
  unknown: "var(--mantine-color-dimmed)",
} as const;
const SIGN_WORDS = { yes: "yes", no: "no", unknown: "not known" } as const;

interface Props {
  /** Of a saved activation; any text where nothing is saved. */
  readonly id: string;
  /** What is typed; without it, the saved settings are tried. */
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  readonly disabled?: boolean;
}

/** Sends a heartbeat and shows in four ticks what its answer says; nothing changes at Ibexa. */
export function ConnectionTest({ id, settings, disabled = false }: Props) {
  const test = useMutation({
    mutationFn: async () =>
      dataOf(
        await api.POST("/api/v1/activations/{id}/test", {
          params: { path: { id } },
          body: settings === undefined ? null : { type: "ibexa", settings: { ...settings } },
        }),
      ),
  });
  return (
    <Stack gap="sm">
      <Group>
        <Button variant="default" onClick={() => test.mutate()} loading={test.isPending} disabled={disabled}>
          Test connection
        </Button>
        <Text size="sm">A heartbeat; nothing changes in Ibexa.</Text>
      </Group>
      <ProblemAlert error={test.error} />
      {test.data === undefined ? null : <Ticks result={test.data} />}
    </Stack>
  );
}

function Ticks({ result }: { readonly result: Schemas["ConnectionTest"] }) {
  const { ticks, failure, notices } = result;
  return (
    <Paper withBorder p="sm" role="status">
      <Stack gap="xs">
        {ticks.map(({ name, label, state, text }) => (
          <Group key={name} gap="sm" wrap="nowrap" align="flex-start">
            <Text
              fw={700}
              w={14}
              style={{ flexShrink: 0 }}
              c={SIGN_COLORS[state]}
              aria-label={SIGN_WORDS[state]}
              role="img"
            >
              {SIGNS[state]}
            </Text>
            <div>
              <Text size="sm" fw={600}>
                {label}
              </Text>
              <Text size="sm" style={{ overflowWrap: "anywhere" }}>
                <Marked text={text} />
              </Text>
            </div>
          </Group>
        ))}
        {failure === null ? null : <Advice advice={failure} />}
        {notices.map((notice) => (
          <Advice key={notice.code} advice={notice} />
        ))}
      </Stack>
    </Paper>
  );
}

/** What an answer of Ibexa means, where to look, and what to do. */
export function Advice({ advice }: { readonly advice: Schemas["Advice"] }) {
  const { reason, meaning, look, remedy } = advice;
  return (
    <div>
      <Text size="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
        <Marked text={reason} />
      </Text>
      <List size="sm">
        {[meaning, look, remedy].map((text) => (
          <List.Item key={text}>
            <Marked text={text} />
          </List.Item>
        ))}
      </List>
    </div>
  );
}
