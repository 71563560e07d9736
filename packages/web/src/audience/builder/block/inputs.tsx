import { TextInput } from "@mantine/core";

interface Props {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly w?: number;
}

/** A number as it is typed: decimals keep all their digits. */
export function NumberInput({ label, value, onChange, w = 110 }: Props) {
  return (
    <TextInput
      aria-label={label}
      inputMode="decimal"
      autoComplete="off"
      w={w}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

const DAY = /^(?:\d{4}-\d\d-\d\d)?$/;

/** A day; an instant that came by a file or the API is shown as it is written. */
export function DayInput({ label, value, onChange }: Props) {
  return (
    <TextInput
      aria-label={label}
      type={DAY.test(value) ? "date" : "text"}
      w={DAY.test(value) ? 150 : 220}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
