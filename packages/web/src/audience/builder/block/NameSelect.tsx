import { Select } from "@mantine/core";

interface Props {
  readonly label: string;
  readonly placeholder: string;
  readonly names: readonly { readonly name: string }[];
  readonly value: string;
  readonly onChange: (name: string) => void;
}

/** One of the names that the data have; one that they lost stays as long as it is chosen. */
export function NameSelect({ label, placeholder, names, value, onChange }: Props) {
  const known = names.map(({ name }) => name);
  return (
    <Select
      aria-label={label}
      placeholder={placeholder}
      searchable
      allowDeselect={false}
      w={190}
      maxDropdownHeight={320}
      data={value === "" || known.includes(value) ? known : [...known, value]}
      value={value === "" ? null : value}
      onChange={(name) => name !== null && onChange(name)}
      nothingFoundMessage="There is none of that name"
    />
  );
}
