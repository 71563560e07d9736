import type { GroupBlock } from "../../rule/block.ts";
import { BlockFrame } from "./BlockFrame.tsx";
import { GroupContents } from "./GroupContents.tsx";
import { GroupWord, groupLabel } from "./GroupWord.tsx";

/** Blocks that belong together: all of them, any, none, or not all. */
export function GroupBlockView({ block, event }: { readonly block: GroupBlock; readonly event: string }) {
  return (
    <BlockFrame block={block} label={groupLabel(block)} head={<GroupWord block={block} />}>
      <GroupContents block={block} event={event} />
    </BlockFrame>
  );
}
