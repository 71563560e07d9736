import { Group, Text } from "@mantine/core";
import { RULE_LABELS } from "@peregrine/core";
import { type HaveBlock, NO_TEST } from "../../rule/block.ts";
import { useBuilder, useSet } from "../builder-context.ts";
import { BlockFrame } from "./BlockFrame.tsx";
import { NameSelect } from "./NameSelect.tsx";
import { TestFields } from "./TestFields.tsx";
import { YesNo } from "./YesNo.tsx";

/** An attribute against an operator, or the opposite of that. */
export function HaveBlockView({ block }: { readonly block: HaveBlock }) {
  const { catalog } = useBuilder();
  const set = useSet(block);
  const { attribute, test, negated } = block;
  const choose = (name: string) => {
    const type = catalog.types.attribute(name) ?? "text";
    set({ attribute: name, test: type === test.type ? test : { ...NO_TEST, type } });
  };
  return (
    <BlockFrame
      block={block}
      label={`${negated ? "not " : ""}${RULE_LABELS.node.have} ${attribute}`.trim()}
      head={
        <>
          <YesNo
            label="Holds or not"
            yes={RULE_LABELS.node.have}
            no={RULE_LABELS.opposite.have}
            isNo={negated}
            onChange={(isNo) => set({ negated: isNo })}
            width={90}
          />
          <NameSelect
            label="Attribute"
            placeholder="Choose an attribute"
            names={catalog.attributes}
            value={attribute}
            onChange={choose}
          />
        </>
      }
    >
      {attribute === "" ? null : (
        <Group gap="xs" mt="xs" align="flex-start">
          <TestFields
            test={test}
            of="attribute"
            values={{ attribute }}
            onChange={(patch, field) => set({ test: { ...test, ...patch } }, field)}
          />
        </Group>
      )}
      {negated && attribute !== "" ? (
        <Text size="sm" c="dimmed" mt={4}>
          People without a value of {attribute} are among them.
        </Text>
      ) : null}
    </BlockFrame>
  );
}
