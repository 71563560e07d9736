import { Checkbox, Group, Select, Text } from "@mantine/core";
import { RULE_LABELS, WINDOW_UNITS } from "@peregrine/core";
import { truthWord } from "@peregrine/core/data-words";
import type { ReactNode } from "react";
import type { OperatorChoice, Test } from "../../rule/block.ts";
import { mayIgnoreCase, type OperandForm, operandForm, operatorChoices } from "../../rule/operand.ts";
import { DayInput, NumberInput } from "./inputs.tsx";
import { TextInputWithValues, TextsInputWithValues } from "./ValueInputs.tsx";
import type { ValueSource } from "./values-query.ts";
import { YesNo } from "./YesNo.tsx";

interface Props {
  readonly test: Test;
  readonly of: "attribute" | "property";
  /** Where values to choose from come from. */
  readonly values: ValueSource;
  readonly onChange: (patch: Partial<Test>, field?: string) => void;
}

type Fields = (props: Props) => ReactNode;

const FIELDS: { readonly [Form in OperandForm]: Fields } = {
  text: ({ test, values, onChange }) => (
    <TextInputWithValues source={values} test={test} onChange={(text) => onChange({ text }, "text")} />
  ),
  number: ({ test, onChange }) => (
    <NumberInput label="Value" value={test.text} onChange={(text) => onChange({ text }, "text")} />
  ),
  boolean: ({ test, onChange }) => (
    <YesNo
      label="Value"
      yes={truthWord(true)}
      no={truthWord(false)}
      isNo={!test.flag}
      onChange={(isNo) => onChange({ flag: !isNo })}
      width={90}
    />
  ),
  day: ({ test, onChange }) => (
    <DayInput label="Day" value={test.text} onChange={(text) => onChange({ text }, "text")} />
  ),
  texts: ({ test, values, onChange }) => (
    <TextsInputWithValues source={values} test={test} onChange={(texts) => onChange({ texts })} />
  ),
  numbers: ({ test, onChange }) => (
    <>
      <NumberInput label="From" value={test.from} onChange={(from) => onChange({ from }, "from")} />
      <And />
      <NumberInput label="To" value={test.to} onChange={(to) => onChange({ to }, "to")} />
    </>
  ),
  days: ({ test, onChange }) => (
    <>
      <DayInput label="From" value={test.from} onChange={(from) => onChange({ from }, "from")} />
      <And />
      <DayInput label="To" value={test.to} onChange={(to) => onChange({ to }, "to")} />
    </>
  ),
  span: ({ test, onChange }) => (
    <>
      <NumberInput
        label="How many"
        value={test.count}
        onChange={(count) => onChange({ count }, "count")}
        w={72}
      />
      <UnitSelect value={test.unit} onChange={(unit) => onChange({ unit })} />
    </>
  ),
  ahead: ({ test, onChange }) => (
    <>
      <NumberInput
        label="How many"
        value={test.count}
        onChange={(count) => onChange({ count }, "count")}
        w={72}
      />
      <Text size="sm" lh="36px">
        {RULE_LABELS.unit.days[1]}
      </Text>
    </>
  ),
  nothing: () => null,
};

/** How something is compared, and with what: the inputs that its type and the operator need. */
export function TestFields(props: Props) {
  const { test, of, onChange } = props;
  const { operator, type } = test;
  const choices = operatorChoices(type, of);
  return (
    <>
      <Select
        aria-label="Comparison"
        placeholder="Compare"
        w={190}
        allowDeselect={false}
        maxDropdownHeight={360}
        data={choices.map(({ value, label }) => ({ value, label }))}
        value={operator === "" ? null : operator}
        onChange={(value) => onChange({ operator: choiceOf(choices, value) })}
      />
      {operator === "" ? null : FIELDS[operandForm(operator, type)](props)}
      {operator !== "" && mayIgnoreCase(operator, type) ? (
        <Group h={36}>
          <Checkbox
            size="sm"
            label="in any case"
            checked={test.ignoreCase}
            onChange={(event) => onChange({ ignoreCase: event.currentTarget.checked })}
          />
        </Group>
      ) : null}
    </>
  );
}

function choiceOf(
  choices: readonly { readonly value: OperatorChoice }[],
  value: string | null,
): OperatorChoice | "" {
  return choices.find((one) => one.value === value)?.value ?? "";
}

function And() {
  return (
    <Text size="sm" lh="36px">
      and
    </Text>
  );
}

/** Hours, days, weeks or months. */
export function UnitSelect({
  value,
  onChange,
}: {
  readonly value: Test["unit"];
  readonly onChange: (unit: Test["unit"]) => void;
}) {
  return (
    <Select
      aria-label="Unit"
      w={110}
      allowDeselect={false}
      data={WINDOW_UNITS.map((unit) => ({ value: unit, label: RULE_LABELS.unit[unit][1] }))}
      value={value}
      onChange={(unit) => onChange(WINDOW_UNITS.find((one) => one === unit) ?? value)}
    />
  );
}
