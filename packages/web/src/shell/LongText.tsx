import { Spoiler, Text } from "@mantine/core";

interface Props {
  readonly text: string;
  /** How much of it is seen at first. */
  readonly lines?: number;
}

/** px, of a line of text of size `md` */
const LINE = 25;

/** What somebody wrote, of any length: as much of it as leaves room for the rest of the page, and all when asked for. */
export function LongText({ text, lines = 3 }: Props) {
  return (
    <Spoiler maxHeight={lines * LINE} showLabel="Show all" hideLabel="Show less">
      <Text maw={720} style={{ overflowWrap: "anywhere" }} dir="auto">
        {text}
      </Text>
    </Spoiler>
  );
}
