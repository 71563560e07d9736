import { Stack, Text, Title } from "@mantine/core";
import { AnchorLink } from "./links.tsx";

/** For an address that is no page of ours. */
export function PageMissing() {
  return (
    <Stack gap="sm" m="md">
      <Title order={1} size="h2">
        There is no such page
      </Title>
      <Text>What was here may have been deleted, or the address was copied in part.</Text>
      <AnchorLink to="/activations">Go to the activations</AnchorLink>
    </Stack>
  );
}
