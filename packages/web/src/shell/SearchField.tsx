import { TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";

interface SearchFieldProps {
  /** What is searched in. */
  readonly placeholder: string;
  /** What the address says. */
  readonly text: string | undefined;
  /** Hears every change; undefined when the field is empty. */
  readonly onSearch: (text: string | undefined) => void;
}

/** Searches a list as one types; what is searched stands in the address. */
export function SearchField({ placeholder, text = "", onSearch }: SearchFieldProps) {
  const [typed, setTyped] = useState(text);
  // Back and forward change the address; what is being typed is ahead of it.
  const pushed = useRef(text);
  useEffect(() => {
    if (text !== pushed.current) setTyped(text);
    pushed.current = text;
  }, [text]);
  return (
    <TextInput
      label="Search"
      placeholder={placeholder}
      w={320}
      maw="100%"
      value={typed}
      onChange={(event) => {
        const now = event.currentTarget.value;
        pushed.current = now;
        setTyped(now);
        onSearch(now === "" ? undefined : now);
      }}
    />
  );
}
