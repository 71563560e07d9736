import { List, Text } from "@mantine/core";
import { Marked } from "../words/Marked.tsx";
import { faultSentence } from "./fault-sentence.ts";
import type { Import } from "./queries.ts";

interface Props {
  readonly faults: NonNullable<Import["error"]>["faults"];
}

/** Where in the dataflow's mapping a file doesn't fit; folded, since what is wrong has been said. */
export function MappingFaults({ faults }: Props) {
  if (faults.length === 0) return null;
  return (
    <details>
      <Text size="sm" component="summary" style={{ cursor: "pointer" }}>
        Where the mapping asks for it
      </Text>
      <List size="sm" my={4}>
        {faults.map((fault) => (
          <List.Item key={`${fault.path} ${fault.message}`} style={{ overflowWrap: "anywhere" }}>
            <Marked text={faultSentence(fault)} />
          </List.Item>
        ))}
      </List>
    </details>
  );
}
