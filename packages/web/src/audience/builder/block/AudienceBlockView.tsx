import { Select } from "@mantine/core";
import { RULE_LABELS } from "@peregrine/core";
import type { InAudienceBlock } from "../../rule/block.ts";
import { useBuilder, useSet } from "../builder-context.ts";
import { BlockFrame } from "./BlockFrame.tsx";
import { OptionCount } from "./OptionCount.tsx";
import { YesNo } from "./YesNo.tsx";

/** Belongs to another audience by its rule, or doesn't. */
export function AudienceBlockView({ block }: { readonly block: InAudienceBlock }) {
  const { audiences } = useBuilder();
  const set = useSet(block);
  const { audience, negated } = block;
  const { node, opposite } = RULE_LABELS;
  const known = audiences.map(({ id, name }) => ({ value: id, label: name }));
  const isKnown = audience === "" || audiences.some(({ id }) => id === audience);
  const sizes = new Map(audiences.map(({ id, size }) => [id, size]));
  const words = negated ? opposite.inAudience : node.inAudience;
  return (
    <BlockFrame
      block={block}
      label={`${words} ${known.find(({ value }) => value === audience)?.label ?? audience}`.trim()}
      head={
        <>
          <YesNo
            label="In it or not"
            yes={node.inAudience}
            no={opposite.inAudience}
            isNo={negated}
            onChange={(isNo) => set({ negated: isNo })}
            width={200}
          />
          <Select
            aria-label="Audience"
            placeholder="Choose an audience"
            searchable
            allowDeselect={false}
            w={260}
            maxDropdownHeight={320}
            limit={100}
            data={isKnown ? known : [...known, { value: audience, label: audience }]}
            value={audience === "" ? null : audience}
            renderOption={({ option }) => (
              <OptionCount label={option.label} count={sizes.get(option.value) ?? null} />
            )}
            onChange={(value) => value !== null && set({ audience: value })}
            nothingFoundMessage="No such audience"
          />
        </>
      }
    />
  );
}
