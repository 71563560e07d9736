import { Group, Loader, Progress, Text } from "@mantine/core";
import { RUN_WORDS, type RunState } from "@peregrine/core";
import { counted } from "../words/number.ts";
import type { Run } from "./queries.ts";

const ENDED: ReadonlySet<string> = new Set(["done", "failed", "stopped"]);

/** What the run does now; nothing when none is under way. */
export function LiveLine({ run }: { readonly run: Run | null }) {
  if (run === null || ENDED.has(run.state)) return null;
  const { progress } = run;
  const isCounted = progress !== null && progress.total !== null && progress.total > 0;
  return (
    <Group gap="sm" mb="md" role="status">
      <Loader size="xs" type="dots" aria-hidden="true" />
      <Text size="sm">
        {RUN_WORDS[run.state as RunState]}
        {isCounted ? `: ${counted(progress.done)} of ${counted(progress.total ?? 0)}` : " …"}
      </Text>
      {isCounted ? (
        <Progress
          value={(100 * progress.done) / (progress.total ?? 1)}
          w={160}
          aria-label="How much of it is sent"
        />
      ) : null}
    </Group>
  );
}
