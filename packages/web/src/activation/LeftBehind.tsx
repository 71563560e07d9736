import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { people } from "../words/number.ts";
import { leftBehindQuery } from "./queries.ts";

/** Who stays in segments there whose audiences were removed: nothing else on the page would tell of them. */
export function LeftBehind({ id }: { readonly id: string }) {
  const { data: left = [] } = useQuery(leftBehindQuery(id));
  if (left.length === 0) return null;
  return (
    <Stack gap={4} component="section" aria-label="People who were left">
      {left.map(({ audienceId, name, people: count }) => (
        <Text key={audienceId} size="sm" style={{ overflowWrap: "anywhere" }}>
          {people(count)} {count === 1 ? "was" : "were"} left in the segment of “{name ?? audienceId}”, which
          was removed here: they keep seeing its content, and nothing updates them.
          {name === null ? "" : " To take them out, add the audience again and remove it with that choice."}
        </Text>
      ))}
    </Stack>
  );
}
