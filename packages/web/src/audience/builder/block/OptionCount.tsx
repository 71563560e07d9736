import { Group, Text } from "@mantine/core";
import { counted } from "../../../words/number.ts";

/** A choice with how often it is there; null: it wasn't counted. */
export function OptionCount({ label, count }: { readonly label: string; readonly count: number | null }) {
  return (
    <Group justify="space-between" wrap="nowrap" gap="md" w="100%">
      <Text size="sm" style={{ overflowWrap: "anywhere" }} dir="auto">
        {label === "" ? "(empty text)" : label}
      </Text>
      {count === null ? null : (
        <Text size="sm" c="dimmed" style={{ fontVariantNumeric: "tabular-nums" }}>
          {counted(count)}
        </Text>
      )}
    </Group>
  );
}
