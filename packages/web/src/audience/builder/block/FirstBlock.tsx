import { Card, SimpleGrid, Text, UnstyledButton } from "@mantine/core";
import { useBuilder } from "../builder-context.ts";
import { ON_PEOPLE } from "./AddBlock.tsx";

/** The choice that a rule begins with. */
export function FirstBlock({ into }: { readonly into: string }) {
  const { dispatch } = useBuilder();
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
      {ON_PEOPLE.map(({ kind, title, about }) => (
        <UnstyledButton key={kind} onClick={() => dispatch({ do: "add", into, kind })}>
          <Card withBorder padding="sm" h="100%" radius="md">
            <Text size="sm" fw={600} c="var(--mantine-color-anchor)">
              {title}
            </Text>
            <Text size="sm" c="dimmed">
              {about}
            </Text>
          </Card>
        </UnstyledButton>
      ))}
    </SimpleGrid>
  );
}
