import { Group } from "@mantine/core";
import { RULE_LABELS } from "@peregrine/core";
import { NO_TEST, type PropertyBlock } from "../../rule/block.ts";
import { useBuilder, useSet } from "../builder-context.ts";
import { BlockFrame } from "./BlockFrame.tsx";
import { NameSelect } from "./NameSelect.tsx";
import { TestFields } from "./TestFields.tsx";
import { YesNo } from "./YesNo.tsx";

/** A condition on a property of an event. */
export function PropertyBlockView({
  block,
  event,
}: {
  readonly block: PropertyBlock;
  readonly event: string;
}) {
  const { catalog } = useBuilder();
  const set = useSet(block);
  const { property, test, negated } = block;
  const choose = (name: string) => {
    const type = catalog.types.property(event, name) ?? "text";
    set({ property: name, test: type === test.type ? test : { ...NO_TEST, type } });
  };
  return (
    <BlockFrame
      isPlain
      block={block}
      label={`${negated ? "not " : ""}${event} ${property}`.trim()}
      head={
        <>
          {negated ? (
            <YesNo
              label="Holds or not"
              yes="holds"
              no={RULE_LABELS.opposite.have}
              isNo={negated}
              onChange={(isNo) => set({ negated: isNo })}
              width={90}
            />
          ) : null}
          <NameSelect
            label="Property"
            placeholder="Choose a property"
            names={catalog.propertiesOf(event)}
            value={property}
            onChange={choose}
          />
        </>
      }
    >
      {property === "" ? null : (
        <Group gap="xs" mt="xs" align="flex-start">
          <TestFields
            test={test}
            of="property"
            values={{ event, property }}
            onChange={(patch, field) => set({ test: { ...test, ...patch } }, field)}
          />
        </Group>
      )}
    </BlockFrame>
  );
}
