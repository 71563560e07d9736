import { Group, Select, Stack, Text } from "@mantine/core";
import { RULE_LABELS } from "@peregrine/core";
import type { ReactNode } from "react";
import type { DidBlock, MeasureInput } from "../../rule/block.ts";
import { useBuilder, useSet } from "../builder-context.ts";
import { BlockFaults } from "./BlockFaults.tsx";
import { BlockFrame } from "./BlockFrame.tsx";
import { GroupContents } from "./GroupContents.tsx";
import { GroupWord } from "./GroupWord.tsx";
import { MeasureFields } from "./MeasureFields.tsx";
import { OptionCount } from "./OptionCount.tsx";
import { WindowFields } from "./WindowFields.tsx";
import { YesNo } from "./YesNo.tsx";

/** What is asked before each measure. */
const MEASURE_QUESTIONS: Readonly<Record<MeasureInput["name"], string>> = {
  once: "How often",
  count: "How often",
  distinct: "How many",
  sum: "How much",
  average: "How much",
  minimum: "How much",
  maximum: "How much",
};

/** What people did or did not: which event, how often, when, and of which kind. */
export function DidBlockView({ block }: { readonly block: DidBlock }) {
  const { catalog } = useBuilder();
  const set = useSet(block);
  const { event, negated, where, occurrence } = block;
  const { node, opposite } = RULE_LABELS;
  const counts = new Map(catalog.events.map(({ type, count }) => [type, count]));
  const types = event === "" || counts.has(event) ? [...counts.keys()] : [...counts.keys(), event];
  return (
    <BlockFrame
      block={block}
      label={`${negated ? opposite.did : node.did} ${event}`.trim()}
      head={
        <>
          <YesNo
            label="Did or did not"
            yes={node.did}
            no={opposite.did}
            isNo={negated}
            onChange={(isNo) => set({ negated: isNo })}
          />
          <Select
            aria-label="Event"
            placeholder="Choose an event"
            searchable
            allowDeselect={false}
            w={220}
            maxDropdownHeight={320}
            data={types}
            value={event === "" ? null : event}
            renderOption={({ option }) => (
              <OptionCount label={option.label} count={counts.get(option.value) ?? null} />
            )}
            onChange={(type) => type !== null && set({ event: type })}
            nothingFoundMessage="There is no such event"
          />
        </>
      }
    >
      {event === "" ? null : (
        <Stack gap="xs" mt="xs">
          <Row label={occurrence === "" ? MEASURE_QUESTIONS[block.measure.name] : "How often"}>
            <MeasureFields
              measure={block.measure}
              occurrence={occurrence}
              properties={catalog.propertiesOf(event)}
              onChange={(patch, field) => set({ measure: { ...block.measure, ...patch } }, field)}
              onOccurrence={(chosen, measure) =>
                set({
                  measure,
                  occurrence: chosen,
                  // The first or last of all has to lie somewhere.
                  ...(chosen !== "" && block.window.form === "ever"
                    ? { window: { ...block.window, form: "last" as const } }
                    : {}),
                })
              }
            />
          </Row>
          <Row label="When">
            <WindowFields
              window={block.window}
              mayBeEver={occurrence === ""}
              onChange={(patch, field) => set({ window: { ...block.window, ...patch } }, field)}
            />
          </Row>
          <Row label="Where">
            <Stack gap={6} style={{ flex: 1, minWidth: 0 }}>
              {where.of.length > 1 || where.negated ? <GroupWord block={where} /> : null}
              <BlockFaults id={where.id} />
              <GroupContents block={where} event={event} />
            </Stack>
          </Row>
        </Stack>
      )}
    </BlockFrame>
  );
}

function Row({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <Group gap="xs" align="flex-start" wrap="nowrap">
      <Text size="sm" c="dimmed" w={76} lh="36px" style={{ flexShrink: 0, whiteSpace: "nowrap" }}>
        {label}
      </Text>
      <Group gap="xs" style={{ flex: 1, minWidth: 0 }} align="flex-start">
        {children}
      </Group>
    </Group>
  );
}
