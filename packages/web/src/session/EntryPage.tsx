import { Container, Paper, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";

/** The frame of the pages before the sign-in. */
export function EntryPage({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Peregrine`;
  }, [title]);
  return (
    <Container size={460} py={80} component="main">
      <Text fw={700} mb="xs">
        Peregrine
      </Text>
      <Title order={1} size="h2" mb="lg">
        {title}
      </Title>
      <Paper withBorder p="lg">
        {children}
      </Paper>
    </Container>
  );
}
