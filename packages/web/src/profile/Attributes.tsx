import { Group, Spoiler, Table, Text } from "@mantine/core";
import { shownValue } from "../data/shown-value.ts";
import { AnchorLink } from "../shell/links.tsx";
import { Moment } from "../words/Moment.tsx";
import type { Profile } from "./queries.ts";
import { Section } from "./Section.tsx";

/** px; six lines of a value are shown at first. */
const VALUE = 130;

/** What is known of a person, from where, and since when it was so. */
export function Attributes({ profile: { attributes: all, identifiers } }: { readonly profile: Profile }) {
  const attributes = all.filter(({ value }) => !identifiers.some((one) => isSame(one.value, value)));
  return (
    <Section title="Attributes">
      {attributes.length === 0 ? (
        <Text size="sm">Nothing is known but the identifiers.</Text>
      ) : (
        <Table verticalSpacing="xs" withTableBorder>
          <Table.Tbody>
            {attributes.map(({ name, value, time, dataflow, values }) => (
              <Table.Tr key={name} style={{ verticalAlign: "top" }}>
                <Table.Td w="38%" style={{ overflowWrap: "anywhere" }}>
                  <Text size="sm" c="dimmed">
                    {name}
                  </Text>
                </Table.Td>
                <Table.Td style={{ overflowWrap: "anywhere" }}>
                  <Spoiler maxHeight={VALUE} showLabel="Show all" hideLabel="Show less">
                    <Text size="sm" fw={600}>
                      {value === "" ? "(empty)" : shownValue(value)}
                    </Text>
                  </Spoiler>
                  <Origin dataflow={dataflow} time={time} />
                  {values.slice(1).map((other) => (
                    <div key={other.dataflow}>
                      <Text size="sm" mt={4}>
                        {shownValue(other.value)}
                      </Text>
                      <Origin dataflow={other.dataflow} time={other.time} />
                    </div>
                  ))}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Section>
  );
}

/** What stands among the identifiers is not told twice. */
function isSame(identifier: string, value: unknown): boolean {
  return typeof value === "string" && value.trim().toLowerCase() === identifier.toLowerCase();
}

function Origin({ dataflow, time }: { readonly dataflow: string; readonly time: string }) {
  return (
    <Group gap="xs" c="dimmed">
      <AnchorLink to="/dataflows/$id" params={{ id: dataflow }} size="xs">
        {dataflow}
      </AnchorLink>
      <Moment instant={time} size="xs" />
    </Group>
  );
}
