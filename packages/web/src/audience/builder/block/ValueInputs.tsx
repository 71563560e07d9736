import { Autocomplete, Stack, type StackProps, TagsInput, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { counted } from "../../../words/number.ts";
import type { Test } from "../../rule/block.ts";
import { useBuilder } from "../builder-context.ts";
import { OptionCount } from "./OptionCount.tsx";
import { type ValueSource, valuesQuery } from "./values-query.ts";

const TYPING_MS = 150;

interface Known {
  /** With their counts. */
  readonly values: ReadonlyMap<string, number | null>;
  /** Said where no value holds what is typed. */
  readonly none: string | undefined;
}

/** The values that hold what is typed; asked for only while somebody chooses. */
function useValues(source: ValueSource, typed: string, isOpen: boolean): Known {
  const [contains] = useDebouncedValue(typed, TYPING_MS);
  const { data, isPlaceholderData } = useQuery({ ...valuesQuery(source, contains), enabled: isOpen });
  const values = new Map((data?.values ?? []).map(({ value, count }) => [String(value), count]));
  const isNone =
    data !== undefined &&
    !isPlaceholderData &&
    contains === typed &&
    typed.trim() !== "" &&
    values.size === 0;
  return { values, none: isNone ? `There is no such value in ${lookedAt(data.complete)}.` : undefined };
}

function lookedAt(complete: boolean): string {
  return complete ? "the data" : "the rows that were looked through";
}

/** So many of several values are named. */
const NAMED = 3;

/** Which of several values nobody has; undefined where there is none. */
function missingOf(texts: readonly string[], complete: boolean): string | undefined {
  if (texts.length === 0) return undefined;
  const more = texts.length > NAMED ? ` and ${counted(texts.length - NAMED)} more` : "";
  const named = texts.slice(0, NAMED).map((text) => `“${text}”`);
  return `There is no value ${named.join(", ")}${more} in ${lookedAt(complete)}.`;
}

/** An input, and beneath it that no value is as it says. */
function WithNone({ none, children, ...size }: StackProps & { readonly none: string | undefined }) {
  return (
    <Stack gap={2} {...size}>
      {children}
      <Text size="xs" role="status">
        {none}
      </Text>
    </Stack>
  );
}

interface TextProps {
  readonly source: ValueSource;
  readonly test: Test;
  readonly onChange: (value: string) => void;
}

/** A text, with the values that there are. */
export function TextInputWithValues({ source, test, onChange }: TextProps) {
  const missing = useBuilder().missingTexts(source, test);
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const { values, none } = useValues(source, typed, isOpen);
  return (
    <WithNone none={none ?? missingOf(missing.texts, missing.complete)} w={190}>
      <Autocomplete
        aria-label="Value"
        placeholder="Value"
        autoComplete="off"
        value={test.text}
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
    </WithNone>
  );
}

interface TextsProps {
  readonly source: ValueSource;
  readonly test: Test;
  readonly onChange: (values: readonly string[]) => void;
}

/** Several texts, with the values that there are. */
export function TextsInputWithValues({ source, test, onChange }: TextsProps) {
  const missing = useBuilder().missingTexts(source, test);
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const { values: known, none } = useValues(source, typed, isOpen);
  return (
    <WithNone none={none ?? missingOf(missing.texts, missing.complete)} flex={1} miw={220} maw={420}>
      <TagsInput
        aria-label="Values"
        placeholder={test.texts.length === 0 ? "Values" : ""}
        value={[...test.texts]}
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
    </WithNone>
  );
}
