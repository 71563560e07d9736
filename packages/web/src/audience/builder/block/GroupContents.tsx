import { Box, Group, Stack, Text } from "@mantine/core";
import type { GroupBlock } from "../../rule/block.ts";
import { useBuilder } from "../builder-context.ts";
import { AddBlock } from "./AddBlock.tsx";

const BETWEEN = { all: "and", any: "or" } as const;

/** The blocks of a group, and the way to add one. */
export function GroupContents({ block, event }: { readonly block: GroupBlock; readonly event: string }) {
  const { show } = useBuilder();
  const { id, word, of } = block;
  return (
    <Stack gap={6} mt={of.length === 0 || event !== "" ? 0 : "xs"}>
      {of.map((one, at) => (
        <Box key={one.id}>
          {at === 0 ? null : (
            <Text size="sm" c="dimmed" mb={6} pl="sm">
              {BETWEEN[word]}
            </Text>
          )}
          {show(one, event)}
        </Box>
      ))}
      <Group>
        <AddBlock into={id} event={event} />
      </Group>
    </Stack>
  );
}
