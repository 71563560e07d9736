import { Button, Container, Group, Loader, Stack, Text } from "@mantine/core";
import { useEffect, useState } from "react";
import { ConnectionNotice } from "./ConnectionNotice.tsx";

/** After this time, in ms, it is said that a page takes unusually long. */
const LONG_MS = 9_000;

/** Where a page takes longer than a second. */
export function PageAwaited() {
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), LONG_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Stack gap="sm" p="md" align="flex-start" role="status">
      <Group gap="sm">
        <Loader size="sm" aria-hidden="true" />
        <Text>Loading …</Text>
      </Group>
      {isLong ? (
        <>
          <Text size="sm">
            This takes longer than usual: Peregrine hasn’t answered for ten seconds. The page comes as soon as
            it does.
          </Text>
          {/* From the beginning: it may be the page's script that doesn't come. */}
          <Button size="xs" variant="default" onClick={() => window.location.reload()}>
            Try again
          </Button>
        </>
      ) : null}
    </Stack>
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
