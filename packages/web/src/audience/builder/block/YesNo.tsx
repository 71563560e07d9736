import { Select } from "@mantine/core";
import { capitalised } from "../../../words/capitalised.ts";

interface Props {
  readonly label: string;
  readonly yes: string;
  readonly no: string;
  readonly isNo: boolean;
  readonly onChange: (isNo: boolean) => void;
  readonly width?: number;
}

/** A word or its opposite: "did" or "did not". */
export function YesNo({ label, yes, no, isNo, onChange, width = 110 }: Props) {
  return (
    <Select
      aria-label={label}
      w={width}
      allowDeselect={false}
      data={[
        { value: "yes", label: capitalised(yes) },
        { value: "no", label: capitalised(no) },
      ]}
      value={isNo ? "no" : "yes"}
      onChange={(value) => onChange(value === "no")}
    />
  );
}
