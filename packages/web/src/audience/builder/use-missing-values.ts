import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, dataOf } from "../../api/client.ts";
import type { Block, GroupBlock, Test } from "../rule/block.ts";
import { wholeTexts } from "../rule/operand.ts";
import { below } from "../rule/tree.ts";
import type { ValueSource } from "./block/values-query.ts";

/** So long nothing is typed before it is asked which values there are. */
const PAUSE_MS = 500;

/** Texts that a rule compares with as a whole. */
interface Asked {
  readonly of: ValueSource;
  readonly ignoreCase: boolean;
  readonly texts: readonly string[];
}

/** What is missing of all that was asked of one attribute or property. */
interface Missing {
  readonly missing: ReadonlySet<string>;
  readonly complete: boolean;
}

/** Tells which of the texts that a condition compares with nobody has, as far as it is known. */
export type MissingTexts = (
  of: ValueSource,
  test: Test,
) => { readonly texts: readonly string[]; readonly complete: boolean };

/** One question for all conditions on texts of a rule, kept for a while. */
function missingQuery(asked: readonly Asked[]) {
  return queryOptions({
    queryKey: ["catalog", "missing-values", asked],
    queryFn: async ({ signal }) => {
      const body = { asked: asked.map(({ texts, ...one }) => ({ ...one, texts: [...texts] })) };
      const { items } = dataOf(await api.POST("/api/v1/catalog/values/missing", { body, signal }));
      return new Map(
        asked.flatMap((one, at) => {
          const item = items[at];
          if (item === undefined) return [];
          return [[keyOf(one), { missing: new Set(item.missing), complete: item.complete }] as const];
        }),
      );
    },
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    // A help: the number of people says it too.
    retry: false,
  });
}

/** Which values of a rule nobody has, saved ones among them; asked once for the whole rule when it changes. */
export function useMissingValues(root: GroupBlock): MissingTexts {
  const current = useMemo(() => askedOf(root), [root]);
  const [asked] = useDebouncedValue(current, PAUSE_MS);
  const { data } = useQuery({ ...missingQuery(asked), enabled: asked.length > 0 });
  return (of, test) => {
    const known: Missing | undefined = data?.get(keyOf({ of, ignoreCase: test.ignoreCase }));
    const texts = wholeTexts(test).filter((text) => known?.missing.has(text));
    return { texts, complete: known?.complete ?? false };
  };
}

/** Each attribute and property once, in the order in which they stand in the rule. */
function askedOf(root: GroupBlock): readonly Asked[] {
  const byKey = new Map<string, Asked>();
  for (const { of, test } of testsOf(root, "")) {
    const own = wholeTexts(test);
    if (own.length === 0) continue;
    const one = { of, ignoreCase: test.ignoreCase };
    const texts = new Set([...(byKey.get(keyOf(one))?.texts ?? []), ...own]);
    byKey.set(keyOf(one), { ...one, texts: [...texts] });
  }
  return [...byKey.values()];
}

function testsOf(block: Block, event: string): readonly { readonly of: ValueSource; readonly test: Test }[] {
  if (block.kind === "have") return [{ of: { attribute: block.attribute }, test: block.test }];
  if (block.kind === "property") return [{ of: { event, property: block.property }, test: block.test }];
  const within = block.kind === "did" ? block.event : event;
  return below(block).flatMap((one) => testsOf(one, within));
}

function keyOf({ of, ignoreCase }: Pick<Asked, "of" | "ignoreCase">): string {
  return JSON.stringify([of, ignoreCase]);
}
