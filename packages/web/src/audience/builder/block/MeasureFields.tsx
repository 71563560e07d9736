import { Select, Text } from "@mantine/core";
import {
  COMPARISON_NAMES,
  type ColumnType,
  MEASURE_NAMES,
  type MeasureName,
  type Occurrence,
  RULE_LABELS,
} from "@peregrine/core";
import type { DidBlock, MeasureInput } from "../../rule/block.ts";
import { NumberInput } from "./inputs.tsx";
import { NameSelect } from "./NameSelect.tsx";

interface Property {
  readonly name: string;
  readonly type: ColumnType;
}

interface Props {
  readonly measure: MeasureInput;
  readonly occurrence: DidBlock["occurrence"];
  readonly properties: readonly Property[];
  readonly onChange: (patch: Partial<MeasureInput>, field?: string) => void;
  readonly onOccurrence: (occurrence: DidBlock["occurrence"], measure: MeasureInput) => void;
}

/** Which properties can be measured so; none: nothing but events is counted. */
const MEASURED = {
  count: () => false,
  distinct: (type) => type !== "list",
  sum: isNumber,
  average: isNumber,
  minimum: isNumber,
  maximum: isNumber,
} as const satisfies Record<MeasureName, (type: ColumnType) => boolean>;

function isNumber(type: ColumnType): boolean {
  return type === "number";
}

const OCCURRENCES = Object.keys(RULE_LABELS.occurrence) as readonly Occurrence[];
const OCCURRENCE_VALUES = { first: "firstTime", last: "lastTime" } as const satisfies Record<
  Occurrence,
  string
>;
const CHOICES = [
  { value: "once", label: "at least once" },
  ...OCCURRENCES.map((name) => ({ value: OCCURRENCE_VALUES[name], label: RULE_LABELS.occurrence[name] })),
  ...MEASURE_NAMES.map((name) => ({ value: name, label: RULE_LABELS.measure[name] })),
];

/** How often something was done, or how much it comes to. */
export function MeasureFields({ measure, occurrence, properties, onChange, onOccurrence }: Props) {
  const { property, factor, operator, text, from, to } = measure;
  // Of the first or last time nothing is measured.
  const name = occurrence === "" ? measure.name : "once";
  const measurable = name === "once" ? [] : properties.filter(({ type }) => MEASURED[name](type));
  return (
    <>
      <Select
        aria-label="How often"
        w={220}
        allowDeselect={false}
        maxDropdownHeight={360}
        data={CHOICES}
        value={occurrence === "" ? name : OCCURRENCE_VALUES[occurrence]}
        onChange={(value) => {
          const time = OCCURRENCES.find((one) => OCCURRENCE_VALUES[one] === value) ?? "";
          const chosen = MEASURE_NAMES.find((one) => one === value) ?? "once";
          onOccurrence(time, {
            ...measure,
            name: chosen,
            property: fitting(chosen, property, properties),
            factor: "",
          });
        }}
      />
      {name === "once" || name === "count" ? null : (
        <NameSelect
          label="Measured property"
          placeholder="of …"
          names={measurable}
          value={property}
          onChange={(chosen) => onChange({ property: chosen })}
        />
      )}
      {name === "once" || name === "count" || name === "distinct" || property === "" ? null : (
        <Select
          aria-label="Multiplied by"
          w={160}
          allowDeselect={false}
          data={[
            { value: "", label: "by itself" },
            ...measurable.map((one) => ({ value: one.name, label: `× ${one.name}` })),
          ]}
          value={factor}
          onChange={(value) => onChange({ factor: value ?? "" })}
        />
      )}
      {name === "once" ? null : (
        <>
          <Select
            aria-label="Comparison of the number"
            w={150}
            allowDeselect={false}
            data={COMPARISON_NAMES.map((one) => ({ value: one, label: RULE_LABELS.operator[one] }))}
            value={operator}
            onChange={(value) =>
              onChange({ operator: COMPARISON_NAMES.find((one) => one === value) ?? operator })
            }
          />
          {operator === "between" ? (
            <>
              <NumberInput
                label="From"
                value={from}
                onChange={(typed) => onChange({ from: typed }, "from")}
                w={90}
              />
              <Text size="sm" lh="36px">
                and
              </Text>
              <NumberInput label="To" value={to} onChange={(typed) => onChange({ to: typed }, "to")} w={90} />
            </>
          ) : (
            <NumberInput
              label="Number"
              value={text}
              onChange={(typed) => onChange({ text: typed }, "number")}
              w={90}
            />
          )}
        </>
      )}
    </>
  );
}

/** The property that was chosen before, where it can be measured so too. */
function fitting(name: MeasureName | "once", property: string, properties: readonly Property[]): string {
  const type = properties.find((one) => one.name === property)?.type;
  return name !== "once" && type !== undefined && MEASURED[name](type) ? property : "";
}
