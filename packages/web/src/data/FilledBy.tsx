import { Text } from "@mantine/core";
import { AnchorLink } from "../shell/links.tsx";
import { counted } from "../words/number.ts";
import type { DataflowStanding } from "./queries.ts";

interface Props {
  readonly dataflows: readonly DataflowStanding[];
  /** Where one looks at a dataflow for. */
  readonly tab?: "mapping";
}

/** So many are named; how many more there are is said. */
const NAMED = 3;

/** The dataflows that fill something. */
export function FilledBy({ dataflows, tab }: Props) {
  const more = dataflows.length - NAMED;
  return (
    <>
      {dataflows.slice(0, NAMED).map(({ definition: { id, name = id } }) => (
        <AnchorLink
          key={id}
          to="/dataflows/$id"
          params={{ id }}
          search={tab === undefined ? {} : { tab }}
          size="sm"
          dir="auto"
          lineClamp={2}
          title={name}
        >
          {name}
        </AnchorLink>
      ))}
      {more > 0 ? <Text size="sm">and {counted(more)} more</Text> : null}
    </>
  );
}
