import { Text } from "@mantine/core";
import type { DataflowStanding } from "../queries.ts";

/** What a changed mapping does, and what not. */
export function MappingHolds({ dataflow: { definition } }: { readonly dataflow: DataflowStanding }) {
  const { state, write } = definition;
  return (
    <Text size="sm" maw={760}>
      {state === "draft"
        ? "A changed mapping holds for all that comes: a draft has brought nothing yet."
        : write === "overwrite"
          ? "A changed mapping holds for what is imported from now on, also for what waits already. What is there stays as it is until the next complete delivery replaces it, or until you choose Run again at the latest import."
          : "A changed mapping holds for what is imported from now on, also for what waits already. What earlier imports brought stays as it is, until you choose Run again at one of them."}
    </Text>
  );
}
