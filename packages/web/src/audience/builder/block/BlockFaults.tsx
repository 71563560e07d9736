import { Stack, Text } from "@mantine/core";
import { capitalised } from "../../../words/capitalised.ts";
import { useBuilder } from "../builder-context.ts";

/** What is wrong with a block, with its remedy; what is merely unfinished is said without alarm until one saves. */
export function BlockFaults({ id }: { readonly id: string }) {
  const { faults, missing, isInsistent } = useBuilder();
  const found = faults.get(id) ?? [];
  const unfinished = missing.get(id);
  if (unfinished !== undefined) {
    return (
      <Text size="sm" mt={4} c={isInsistent ? "var(--mantine-color-error)" : "dimmed"} role="status">
        {unfinished}
      </Text>
    );
  }
  if (found.length === 0) return null;
  return (
    <Stack gap={2} mt={4} role="alert">
      {found.map(({ path, message, remedy }) => (
        <Text key={`${path} ${message}`} size="sm" style={{ overflowWrap: "anywhere" }}>
          <Text span inherit c="var(--mantine-color-error)">
            {capitalised(message)}.
          </Text>{" "}
          {remedy}
        </Text>
      ))}
    </Stack>
  );
}
