import { createContext, type ReactNode, useContext } from "react";
import type { AudienceView } from "../queries.ts";
import type { Block } from "../rule/block.ts";
import type { CatalogIndex } from "../rule/catalog-index.ts";
import type { BlockFault } from "../rule/faults.ts";
import type { RuleChange } from "../rule/rule-state.ts";
import type { MissingTexts } from "./use-missing-values.ts";

/** What every block needs to show itself and to be changed. */
export interface BuilderContext {
  readonly catalog: CatalogIndex;
  /** The audiences that a rule may name: all but the one that is edited. */
  readonly audiences: readonly AudienceView[];
  /** Shows a block of any kind: groups hold blocks, which may be groups. `event` as of a condition on its properties. */
  readonly show: (block: Block, event: string) => ReactNode;
  readonly dispatch: (change: RuleChange) => void;
  /** How many people each block finds by itself, by its id, as far as they were counted. */
  readonly sizes: ReadonlyMap<string, number>;
  /** The sizes are those of the rule as it was; a new count is under way or can't be made. */
  readonly isStale: boolean;
  /** The sizes are estimates from a sample. */
  readonly isEstimate: boolean;
  /** Which of the texts that a condition compares with nobody has. */
  readonly missingTexts: MissingTexts;
  readonly faults: ReadonlyMap<string, readonly BlockFault[]>;
  /** What is still to be filled in, by the block's id. */
  readonly missing: ReadonlyMap<string, string>;
  /** Somebody tried to save: what is missing is a fault now. */
  readonly isInsistent: boolean;
}

const Context = createContext<BuilderContext | null>(null);

export const BuilderProvider = Context.Provider;

/** What the builder around a block gives. */
export function useBuilder(): BuilderContext {
  const builder = useContext(Context);
  if (builder === null) throw new Error("a block stands outside of the builder");
  return builder;
}

/** Changes fields of a block; `field` is named where it is typed, so that typing is undone at once. */
export function useSet<One extends Block>(block: One): (patch: Partial<One>, field?: string) => void {
  const { dispatch } = useBuilder();
  return (patch, field) => dispatch({ do: "set", block: { ...block, ...patch }, field: field ?? null });
}
