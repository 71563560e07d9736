import { Autocomplete, TagsInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { OptionCount } from "./OptionCount.tsx";
import { type ValueSource, valuesQuery } from "./values-query.ts";

const TYPING_MS = 150;

/** The values that hold what is typed, with their counts; asked for only while somebody chooses. */
function useValues(source: ValueSource, typed: string, isOpen: boolean): ReadonlyMap<string, number | null> {
  const [contains] = useDebouncedValue(typed, TYPING_MS);
  const { data } = useQuery({ ...valuesQuery(source, contains), enabled: isOpen });
  return new Map((data?.values ?? []).map(({ value, count }) => [String(value), count]));
}

interface TextProps {
  readonly source: ValueSource;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A text, with the values that there are. */
export function TextInputWithValues({ source, value, onChange }: TextProps) {
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const values = useValues(source, typed, isOpen);
  return (
    <Autocomplete
      aria-label="Value"
      placeholder="Value"
      autoComplete="off"
      w={190}
      value={value}
      data={[...values.keys()].filter((one) => one !== "")}
      // The server has found what fits.
      filter={({ options }) => options}
      renderOption={({ option }) => (
        <OptionCount label={option.value} count={values.get(option.value) ?? null} />
      )}
      onDropdownOpen={() => {
        setTyped("");
        setOpen(true);
      }}
      onDropdownClose={() => setOpen(false)}
      onChange={(text) => {
        setTyped(text);
        onChange(text);
      }}
    />
  );
}

interface TextsProps {
  readonly source: ValueSource;
  readonly values: readonly string[];
  readonly onChange: (values: readonly string[]) => void;
}

/** Several texts, with the values that there are. */
export function TextsInputWithValues({ source, values, onChange }: TextsProps) {
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const known = useValues(source, typed, isOpen);
  return (
    <TagsInput
      aria-label="Values"
      placeholder={values.length === 0 ? "Values" : ""}
      miw={220}
      maw={420}
      style={{ flex: 1 }}
      value={[...values]}
      data={[...known.keys()].filter((one) => one !== "")}
      filter={({ options }) => options}
      // A value may hold a comma.
      splitChars={[]}
      acceptValueOnBlur
      searchValue={typed}
      onSearchChange={setTyped}
      renderOption={({ option }) => (
        <OptionCount label={option.value} count={known.get(option.value) ?? null} />
      )}
      onDropdownOpen={() => setOpen(true)}
      onDropdownClose={() => setOpen(false)}
      onChange={onChange}
    />
  );
}
