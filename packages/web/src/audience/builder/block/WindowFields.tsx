import { Select, Text } from "@mantine/core";
import { RULE_LABELS, type WindowForm } from "@peregrine/core";
import type { ReactNode } from "react";
import type { WindowInput } from "../../rule/block.ts";
import { DayInput, NumberInput } from "./inputs.tsx";
import { UnitSelect } from "./TestFields.tsx";

interface Props {
  readonly window: WindowInput;
  /** Of the first or last time it has to be said when it was. */
  readonly mayBeEver: boolean;
  readonly onChange: (patch: Partial<WindowInput>, field?: string) => void;
}

const FORMS = Object.keys(RULE_LABELS.window) as readonly WindowForm[];

const FIELDS: { readonly [Form in WindowInput["form"]]: (props: Props) => ReactNode } = {
  ever: () => null,
  last: ({ window, onChange }) => (
    <>
      <NumberInput
        label="How many"
        value={window.count}
        onChange={(count) => onChange({ count }, "count")}
        w={72}
      />
      <UnitSelect value={window.unit} onChange={(unit) => onChange({ unit })} />
    </>
  ),
  between: ({ window, onChange }) => (
    <>
      <DayInput label="From" value={window.from} onChange={(from) => onChange({ from }, "from")} />
      <Text size="sm" lh="36px">
        and
      </Text>
      <DayInput label="To" value={window.to} onChange={(to) => onChange({ to }, "to")} />
    </>
  ),
  before: DayField,
  after: DayField,
};

function DayField({ window, onChange }: Props) {
  return <DayInput label="Day" value={window.day} onChange={(day) => onChange({ day }, "day")} />;
}

/** When something was done. */
export function WindowFields(props: Props) {
  const { window, mayBeEver, onChange } = props;
  const forms = FORMS.map((form) => ({ value: form, label: RULE_LABELS.window[form] }));
  return (
    <>
      <Select
        aria-label="When"
        w={170}
        allowDeselect={false}
        data={mayBeEver ? [{ value: "ever", label: "at any time" }, ...forms] : forms}
        value={window.form}
        onChange={(value) => onChange({ form: FORMS.find((one) => one === value) ?? "ever" })}
      />
      {FIELDS[window.form](props)}
    </>
  );
}
