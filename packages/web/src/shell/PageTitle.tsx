import { Group, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";

/** A page's heading, which is also its name in the browser; actions stand beside it. */
export function PageTitle({ title, actions }: { readonly title: string; readonly actions?: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Peregrine`;
  }, [title]);
  return (
    <Group justify="space-between" align="flex-start" mb="lg" wrap="wrap">
      <Title order={1} size="h2" style={{ overflowWrap: "anywhere", flex: "1 1 300px" }}>
        <bdi>{title}</bdi>
      </Title>
      {actions === undefined ? null : <Group gap="sm">{actions}</Group>}
    </Group>
  );
}
