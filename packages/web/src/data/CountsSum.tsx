import { Group, Paper, Progress, Stack, Text } from "@mantine/core";
import { IMPORT_PART_WORDS } from "@peregrine/core/data-words";
import { counted } from "../words/number.ts";
import type { ImportCounts } from "./queries.ts";

type Part = keyof typeof IMPORT_PART_WORDS;

const COLORS: Readonly<Record<Part, string>> = {
  personRows: "teal",
  events: "teal",
  leftOut: "gray.5",
  noIdentifier: "yellow.5",
  refused: "red.7",
};
const PARTS = Object.keys(IMPORT_PART_WORDS) as Part[];

interface Props {
  readonly counts: ImportCounts;
  /** Nothing was published: how the rows would have come out. */
  readonly isForeseen?: boolean;
}

/** Rows read, as the sum of what became of them; and what they did to profiles. */
export function CountsSum({ counts, isForeseen = false }: Props) {
  const parts = PARTS.filter((part) => counts[part] > 0);
  const unified = [
    { count: counts.newProfiles, text: isForeseen ? "profiles would be new" : "new profiles" },
    { count: counts.merges, text: isForeseen ? "profiles would be merged" : "merges of profiles" },
    { count: counts.conflicts, text: "identifiers that change hands" },
    { count: counts.repeatedEvents, text: "events that were known already" },
  ].filter(({ count }) => count > 0);
  return (
    <Paper withBorder p="md" component="section" aria-label="Rows">
      <Stack gap="sm">
        <Group gap="xl" align="flex-end">
          <Figure count={counts.read} label="rows read" />
          {parts.map((part, at) => (
            <Group key={part} gap="xl" align="flex-end" wrap="nowrap">
              <Text size="xl" c="dimmed">
                {at === 0 ? "=" : "+"}
              </Text>
              <Figure count={counts[part]} label={IMPORT_PART_WORDS[part]} />
            </Group>
          ))}
        </Group>
        {counts.read === 0 ? null : (
          <Progress.Root size="sm" aria-hidden="true">
            {parts.map((part) => (
              <Progress.Section key={part} value={(100 * counts[part]) / counts.read} color={COLORS[part]} />
            ))}
          </Progress.Root>
        )}
        {unified.length === 0 ? null : (
          <Text size="sm">{unified.map(({ count, text }) => `${counted(count)} ${text}`).join(" · ")}</Text>
        )}
      </Stack>
    </Paper>
  );
}

function Figure({ count, label }: { readonly count: number; readonly label: string }) {
  return (
    <div>
      <Text size="xl" fw={600} lh={1.2} style={{ fontVariantNumeric: "tabular-nums" }}>
        {counted(count)}
      </Text>
      <Text size="sm" c="dimmed">
        {label}
      </Text>
    </div>
  );
}
