import { Code } from "@mantine/core";
import { Fragment } from "react";

/** A text of the API, in which names and values stand between backticks. */
export function Marked({ text }: { readonly text: string }) {
  return text.split("`").map((part, at) =>
    at % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text have no names
      <Code key={at}>{part}</Code>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text have no names
      <Fragment key={at}>{part}</Fragment>
    ),
  );
}
