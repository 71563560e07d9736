import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { ApiProblem, api, dataOf } from "../../api/client.ts";
import type { AudiencePreview } from "../queries.ts";
import { type BlockFault, faultsByBlock } from "../rule/faults.ts";
import type { WrittenRule } from "../rule/write-rule.ts";
import { ruleBody } from "./rule-body.ts";

/** So long nothing is typed before people are counted. */
const PAUSE_MS = 350;

/** Whom the rule finds, as far as it is known. */
export interface DraftPreview {
  /** The latest answer, be it of an earlier rule; undefined before the first. */
  readonly preview: AudiencePreview | undefined;
  /** How many people each block finds by itself, by the block's id. */
  readonly sizes: ReadonlyMap<string, number>;
  /** The answer is not of the rule as it is now. */
  readonly isStale: boolean;
  /** An answer is on its way. */
  readonly isCounting: boolean;
  readonly faults: ReadonlyMap<string, readonly BlockFault[]>;
  /** Why nothing could be counted, other than faults of the rule. */
  readonly error: Error | null;
}

interface Answer {
  readonly preview: AudiencePreview;
  readonly sizes: ReadonlyMap<string, number>;
}

/**
 * Counts whom a rule finds while it is edited: after a pause, dropping answers that come too late. The latest
 * number stays until there is a newer one.
 *
 * @param audience whose members are compared with; undefined: it is new
 * @param isFinished nothing is counted before everything is filled in
 */
export function usePreview(
  written: WrittenRule,
  audience: string | undefined,
  isFinished: boolean,
): DraftPreview {
  const [asked] = useDebouncedValue(written, PAUSE_MS);
  const isAsked = asked === written;
  const { data, error, isFetching, isPlaceholderData } = useQuery({
    queryKey: ["audiences", audience ?? "new", "draft", JSON.stringify(asked.rule)],
    queryFn: async ({ signal }) =>
      dataOf(
        await api.POST("/api/v1/rules/preview", {
          body: { rule: ruleBody(asked.rule), ...(audience === undefined ? {} : { audience }) },
          signal,
        }),
      ),
    enabled: isFinished && isAsked,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    gcTime: 60_000,
  });
  const [latest, setLatest] = useState<Answer>();
  useEffect(() => {
    if (data === undefined || isPlaceholderData) return;
    const sizes = new Map(data.blocks.map(({ path, size }) => [path, size]));
    setLatest({
      preview: data,
      sizes: new Map(
        [...asked.places].flatMap(([id, path]) => {
          const size = sizes.get(path);
          return size === undefined ? [] : [[id, size] as const];
        }),
      ),
    });
  }, [data, isPlaceholderData, asked]);
  const problem = error instanceof ApiProblem ? error.problem : undefined;
  const isFault = problem?.code === "ruleInvalid";
  return {
    preview: latest?.preview,
    sizes: latest?.sizes ?? new Map(),
    isStale: !isFinished || !isAsked || isFetching || data !== latest?.preview,
    isCounting: isFinished && (!isAsked || isFetching),
    faults: isFault ? faultsByBlock(asked.places, problem.faults) : new Map(),
    error: isFault ? null : error,
  };
}
