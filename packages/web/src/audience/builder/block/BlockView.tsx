import type { ReactNode } from "react";
import type { Block, BlockKind, BlockOf } from "../../rule/block.ts";
import { AudienceBlockView } from "./AudienceBlockView.tsx";
import { DidBlockView } from "./DidBlockView.tsx";
import { EveryoneBlockView } from "./EveryoneBlockView.tsx";
import { GroupBlockView } from "./GroupBlockView.tsx";
import { HaveBlockView } from "./HaveBlockView.tsx";
import { PropertyBlockView } from "./PropertyBlockView.tsx";

interface Props<Kind extends BlockKind> {
  readonly block: BlockOf<Kind>;
  /** The event on whose properties the block is a condition; empty: it is one on people. */
  readonly event: string;
}

const VIEWS: { readonly [Kind in BlockKind]: (props: Props<Kind>) => ReactNode } = {
  group: ({ block, event }) => <GroupBlockView block={block} event={event} />,
  have: ({ block }) => <HaveBlockView block={block} />,
  did: ({ block }) => <DidBlockView block={block} />,
  inAudience: ({ block }) => <AudienceBlockView block={block} />,
  everyone: ({ block }) => <EveryoneBlockView block={block} />,
  property: ({ block, event }) => <PropertyBlockView block={block} event={event} />,
};

/** A block of any kind. */
export function BlockView({ block, event }: { readonly block: Block; readonly event: string }) {
  return viewOf(block, event);
}

function viewOf<Kind extends BlockKind>(block: BlockOf<Kind>, event: string): ReactNode {
  const view: (props: Props<Kind>) => ReactNode = VIEWS[block.kind as Kind];
  return view({ block, event });
}
