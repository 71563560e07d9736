import { Table, Text } from "@mantine/core";
import type { PreviewPerson } from "./queries.ts";
import { shownValue } from "./shown-value.ts";

interface Props {
  readonly people: readonly PreviewPerson[];
  readonly label: string;
}

/** People with their identifiers and the attributes that the rule asks for first. */
export function PeopleTable({ people, label }: Props) {
  const identifiers = columnsOf(people, ({ identifiers: own }) => own);
  const attributes = columnsOf(people, ({ attributes: own }) => own);
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table verticalSpacing="xs" aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            {[...identifiers, ...attributes].map((name) => (
              <Table.Th key={name}>{name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {people.map((person) => (
            <Table.Tr key={person.profile}>
              {identifiers.map((name) => (
                <Cell key={name} text={(person.identifiers[name] ?? []).join(", ")} />
              ))}
              {attributes.map((name) => (
                <Cell key={name} text={shownValue(person.attributes[name])} />
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Cell({ text }: { readonly text: string }) {
  return (
    <Table.Td style={{ overflowWrap: "anywhere" }}>
      <Text size="sm" lineClamp={2} dir="auto">
        {text === "" ? "–" : text}
      </Text>
    </Table.Td>
  );
}

/** What any of them has, in the order in which it is met. */
function columnsOf(
  people: readonly PreviewPerson[],
  of: (person: PreviewPerson) => Readonly<Record<string, unknown>>,
): readonly string[] {
  return [...new Set(people.flatMap((person) => Object.keys(of(person))))];
}
