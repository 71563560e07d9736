import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
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
  /** An answer is on its way: the first one, or the counts behind an estimate. */
  readonly isCounting: boolean;
  readonly faults: ReadonlyMap<string, readonly BlockFault[]>;
  /** Why nothing could be counted, other than faults of the rule. */
  readonly error: Error | null;
}

interface Answer {
  readonly preview: AudiencePreview;
  readonly sizes: ReadonlyMap<string, number>;
}

/** @param estimate of many rows an estimate will do */
function previewQuery({ rule }: WrittenRule, audience: string | undefined, estimate: boolean) {
  return queryOptions({
    queryKey: ["audiences", audience ?? "new", "draft", estimate, JSON.stringify(rule)],
    queryFn: async ({ signal }) => {
      const body = { rule: ruleBody(rule), estimate, ...(audience === undefined ? {} : { audience }) };
      return dataOf(await api.POST("/api/v1/rules/preview", { body, signal }));
    },
    staleTime: 30_000,
    gcTime: 60_000,
  });
}

/**
 * Counts whom a rule finds while it is edited: after a pause, dropping answers that come too late. Where there is much
 * to count, an estimate comes first and stays until everybody is counted. The latest number stays until there is a newer
 * one.
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
  const enabled = isFinished && isAsked;
  // Who joins and leaves is never estimated, so an estimate asks for nobody's members.
  const first = useQuery({
    ...previewQuery(asked, undefined, true),
    enabled,
    placeholderData: keepPreviousData,
  });
  const isAnswered = first.data !== undefined && !first.isPlaceholderData;
  const isMore = isAnswered && (!first.data.exact || audience !== undefined);
  const whole = useQuery({ ...previewQuery(asked, audience, false), enabled: enabled && isMore });
  const data = whole.data ?? first.data;
  const { isPlaceholderData } = first;
  const error = first.error ?? whole.error;
  const isFetching = first.isFetching || whole.isFetching;
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
    isStale: !isFinished || !isAsked || first.isFetching || data !== latest?.preview,
    isCounting: isFinished && (!isAsked || isFetching),
    faults: isFault ? faultsByBlock(asked.places, problem.faults) : new Map(),
    error: isFault ? null : error,
  };
}
