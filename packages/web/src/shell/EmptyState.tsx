import { Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";

interface Props {
  readonly title: string;
  readonly children: ReactNode;
  /** One button to begin. */
  readonly action?: ReactNode;
}

/** What would stand here, and how to begin. */
export function EmptyState({ title, children, action }: Props) {
  return (
    <Stack gap="sm" maw={560} align="flex-start">
      <Text fw={600}>{title}</Text>
      <Text>{children}</Text>
      {action}
    </Stack>
  );
}
