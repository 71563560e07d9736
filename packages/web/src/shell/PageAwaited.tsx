import { Container, Group, Loader, Text } from "@mantine/core";
import { ConnectionNotice } from "./ConnectionNotice.tsx";

/** Where a page takes longer than a second. */
export function PageAwaited() {
  return (
    <Group gap="sm" p="md" role="status">
      <Loader size="sm" aria-hidden="true" />
      <Text>Loading …</Text>
    </Group>
  );
}

/** The same before it is known who is there; a lost connection is told here, as the shell isn't there to tell it. */
export function EntryAwaited() {
  return (
    <Container size={640} py={80} component="main">
      <ConnectionNotice />
      <PageAwaited />
    </Container>
  );
}
