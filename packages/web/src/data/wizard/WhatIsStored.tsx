import { Button, Group, Text } from "@mantine/core";
import type { Draft } from "./draft.ts";

interface Props {
  readonly draft: Draft;
  readonly onForget: () => void;
}

/** What of a dataflow that is being set up is stored by the server, and what this window alone keeps. */
export function WhatIsStored({ draft, onForget }: Props) {
  const isSaved = draft.saved !== null;
  if (!isSaved && draft.name.trim() === "") return null;
  return (
    <Group gap="sm" mb="lg" maw={900}>
      <Text size="sm" c="dimmed" role="note" aria-label="What is stored" flex="1 1 400px">
        {isSaved
          ? storedOf(draft)
          : "Nothing is stored yet: this window alone keeps what you enter, until you save it in the last stage."}
      </Text>
      {isSaved ? null : (
        <Button size="compact-sm" variant="subtle" onClick={onForget}>
          Begin anew
        </Button>
      )}
    </Group>
  );
}

function storedOf({ isMapped, source }: Draft): string {
  const things = [
    isMapped ? "the draft with its mapping as it was last saved" : "the draft",
    ...(source === "stream" ? ["its stream id", "the latest rows that came as drafts"] : []),
  ];
  const missing = isMapped
    ? source === "stream"
      ? "what you change now"
      : "the file, and what you change now"
    : "the mapping";
  return `Stored: ${listed(things)}. Not stored yet: ${missing}; this window alone keeps it, until you save it in the last stage.`;
}

function listed(things: readonly string[]): string {
  const [last] = things.slice(-1);
  return things.length < 2 ? (last ?? "") : `${things.slice(0, -1).join(", ")} and ${last}`;
}
