import { Table } from "@mantine/core";
import { AnchorLink } from "../shell/links.tsx";
import { Moment } from "../words/Moment.tsx";
import type { Profile } from "./queries.ts";
import { Section } from "./Section.tsx";

/** By what a person is known, and from which file each value came. */
export function Identifiers({ profile: { identifiers } }: { readonly profile: Profile }) {
  return (
    <Section title="Identifiers">
      <Table.ScrollContainer minWidth={560}>
        <Table verticalSpacing="xs" withTableBorder>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={150}>Identifier</Table.Th>
              <Table.Th w="36%">Value</Table.Th>
              <Table.Th>From</Table.Th>
              <Table.Th>Came</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {identifiers.map(({ identifier, value, source }) => (
              <Table.Tr key={`${identifier} ${value}`}>
                <Table.Td>
                  <AnchorLink to="/identifiers/$id" params={{ id: identifier }} size="sm">
                    {identifier}
                  </AnchorLink>
                </Table.Td>
                <Table.Td fw={600} style={{ overflowWrap: "anywhere" }}>
                  {value}
                </Table.Td>
                <Table.Td style={{ overflowWrap: "anywhere" }}>
                  {source.import === null ? (
                    (source.dataflow ?? "–")
                  ) : (
                    <AnchorLink
                      to="/imports/$id"
                      params={{ id: source.import }}
                      size="sm"
                      lineClamp={2}
                      title={source.fileName ?? undefined}
                    >
                      {source.fileName ?? `Import ${source.import}`}
                    </AnchorLink>
                  )}
                </Table.Td>
                <Table.Td>
                  <Moment instant={source.at} never="–" />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Section>
  );
}
