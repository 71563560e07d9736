import { Select } from "@mantine/core";
import { RULE_LABELS } from "@peregrine/core";
import { capitalised } from "../../../words/capitalised.ts";
import type { GroupBlock } from "../../rule/block.ts";
import { useSet } from "../builder-context.ts";

const WORDS = [
  { value: "all", word: "all", negated: false, label: these(RULE_LABELS.node.all) },
  { value: "any", word: "any", negated: false, label: these(RULE_LABELS.node.any) },
  { value: "none", word: "any", negated: true, label: these(RULE_LABELS.opposite.any) },
  { value: "notAll", word: "all", negated: true, label: these(RULE_LABELS.opposite.all) },
] as const;

/** "all of" as "All of these" */
function these(words: string): string {
  return `${capitalised(words)} these`;
}

function wordOf({ word, negated }: GroupBlock) {
  return WORDS.find((one) => one.word === word && one.negated === negated) ?? WORDS[0];
}

/** What a group is called. */
export function groupLabel(block: GroupBlock): string {
  return wordOf(block).label;
}

/** How the blocks of a group belong together. */
export function GroupWord({ block }: { readonly block: GroupBlock }) {
  const set = useSet(block);
  return (
    <Select
      aria-label="How they belong together"
      w={180}
      allowDeselect={false}
      data={WORDS.map(({ value, label }) => ({ value, label }))}
      value={wordOf(block).value}
      onChange={(value) => {
        const chosen = WORDS.find((one) => one.value === value);
        if (chosen !== undefined) set({ word: chosen.word, negated: chosen.negated });
      }}
    />
  );
}
