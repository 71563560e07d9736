import { Group, Progress, Stack, Text } from "@mantine/core";
import { counted } from "../words/number.ts";
import type { SegmentStatus } from "./queries.ts";

/** What the members of the audiences are to Ibexa, in the words of the pages. */
const PARTS = [
  { key: "accepted", label: "Accepted by Ibexa", color: "teal" },
  { key: "waiting", label: "To be sent", color: "blue" },
  { key: "refused", label: "Refused by Ibexa", color: "orange" },
  { key: "withoutIdentifier", label: "No userid", color: "gray" },
  { key: "suppressed", label: "Excluded", color: "grape" },
] as const;

/** One bar over all current members; those who leave are named apart. */
export function PeopleBar({ segments }: { readonly segments: readonly SegmentStatus[] }) {
  const sum = (of: (segment: SegmentStatus) => number) =>
    segments.reduce((total, segment) => total + of(segment), 0);
  const size = sum((segment) => segment.size);
  if (size === 0) return null;
  const parts = PARTS.map((part) => ({ ...part, count: sum((segment) => segment[part.key]) }));
  const leaving = sum((segment) => segment.leaving.waiting + segment.leaving.refused);
  return (
    <Stack gap="xs" mb="lg">
      <Progress.Root size="lg" aria-hidden="true">
        {parts.map(({ key, color, count }) => (
          <Progress.Section key={key} value={(100 * count) / size} color={color} />
        ))}
      </Progress.Root>
      <Group gap="lg">
        {parts.map(({ key, label, count }) => (
          <Text size="sm" key={key}>
            {label} <b>{counted(count)}</b>
          </Text>
        ))}
        <Text size="sm">
          of <b>{counted(size)}</b> members
        </Text>
        {leaving === 0 ? null : (
          <Text size="sm">
            Leaving <b>{counted(leaving)}</b>
          </Text>
        )}
      </Group>
    </Stack>
  );
}
