import { Group, Loader, Text } from "@mantine/core";

/** Where a page takes longer than a second. */
export function PageAwaited() {
  return (
    <Group gap="sm" p="md" role="status">
      <Loader size="sm" aria-hidden="true" />
      <Text>Loading …</Text>
    </Group>
  );
}
