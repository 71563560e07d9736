import { Container, Group, Stack, Text, Title } from "@mantine/core";
import { useEffect } from "react";
import { ButtonLink } from "./links.tsx";

/** For an address that is no page of ours. */
export function PageMissing() {
  useEffect(() => {
    document.title = "There is no such page · Peregrine";
  }, []);
  return (
    <Container size={640} py={80} component="main">
      <Stack gap="sm">
        <Text fw={700}>Peregrine</Text>
        <Title order={1} size="h2">
          There is no such page
        </Title>
        <Text>What was here may have been deleted, or the address was copied in part.</Text>
        <Group mt="xs">
          <ButtonLink to="/">Go to the overview</ButtonLink>
        </Group>
      </Stack>
    </Container>
  );
}
