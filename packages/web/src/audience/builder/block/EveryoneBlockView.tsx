import { RULE_LABELS } from "@peregrine/core";
import type { EveryoneBlock } from "../../rule/block.ts";
import { useSet } from "../builder-context.ts";
import { BlockFrame } from "./BlockFrame.tsx";
import { YesNo } from "./YesNo.tsx";

/** Everyone, or nobody. */
export function EveryoneBlockView({ block }: { readonly block: EveryoneBlock }) {
  const set = useSet(block);
  const { node, opposite } = RULE_LABELS;
  return (
    <BlockFrame
      block={block}
      label={block.negated ? opposite.everyone : node.everyone}
      head={
        <YesNo
          label="Who"
          yes={node.everyone}
          no={opposite.everyone}
          isNo={block.negated}
          onChange={(negated) => set({ negated })}
          width={140}
        />
      }
    />
  );
}
