import { Group, Loader, Progress, Text } from "@mantine/core";
import { RUN_WORDS, type RunState } from "@peregrine/core";
import { counted } from "../words/number.ts";
import type { Run } from "./queries.ts";

const ENDED: ReadonlySet<string> = new Set(["done", "failed", "stopped"]);

interface Props {
  readonly run: Run | null;
  /** One more is asked for. */
  readonly runAsked: boolean;
}

/** What the run does now, and that another follows; nothing when there is neither. */
export function LiveLine({ run, runAsked }: Props) {
  const isUnderWay = run !== null && !ENDED.has(run.state);
  if (!isUnderWay && !runAsked) return null;
  return (
    <Group gap="sm" mb="md" role="status">
      <Loader size="xs" type="dots" aria-hidden="true" />
      {isUnderWay ? <Progressing run={run} /> : null}
      {runAsked ? (
        <Text size="sm">{isUnderWay ? "One more sync follows this one." : "One more sync begins soon."}</Text>
      ) : null}
    </Group>
  );
}

function Progressing({ run: { state, progress } }: { readonly run: Run }) {
  const isCounted = progress !== null && progress.total !== null && progress.total > 0;
  return (
    <>
      <Text size="sm">
        {RUN_WORDS[state as RunState]}
        {isCounted ? `: ${counted(progress.done)} of ${counted(progress.total ?? 0)}` : " …"}
      </Text>
      {isCounted ? (
        <Progress
          value={(100 * progress.done) / (progress.total ?? 1)}
          w={160}
          aria-label="How much of it is sent"
        />
      ) : null}
    </>
  );
}
