import { Group, Paper, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";

interface Props {
  /** What isn't there yet. */
  readonly title: string;
  /** What would stand here. */
  readonly children: ReactNode;
  /** How to begin. */
  readonly action?: ReactNode;
}

/** A page without rows: what would stand there, and how to begin. */
export function EmptyState({ title, children, action }: Props) {
  return (
    <Paper withBorder p="xl" maw={640}>
      <Stack gap="sm">
        <Text fw={600} size="lg">
          {title}
        </Text>
        <Text size="sm" component="div">
          {children}
        </Text>
        {action === undefined || action === null ? null : <Group mt="xs">{action}</Group>}
      </Stack>
    </Paper>
  );
}
