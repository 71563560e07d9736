import { Badge, Group } from "@mantine/core";

/** An audience's tags, in a row. */
export function Tags({ tags }: { readonly tags: readonly string[] }) {
  if (tags.length === 0) return null;
  return (
    <Group gap={4}>
      {tags.map((tag) => (
        <Badge
          key={tag}
          variant="light"
          color="gray"
          c="var(--mantine-color-text)"
          tt="none"
          radius="sm"
          fw={500}
          maw="100%"
          dir="auto"
        >
          {tag}
        </Badge>
      ))}
    </Group>
  );
}
