import { Table, Text } from "@mantine/core";
import { AnchorLink } from "../shell/links.tsx";
import { isName, personName } from "./person-words.ts";
import type { PreviewPerson } from "./queries.ts";
import { shownValue } from "./shown-value.ts";

interface Props {
  readonly people: readonly PreviewPerson[];
  readonly label: string;
}

/** People with their identifiers and the attributes that the rule asks for first. */
export function PeopleTable({ people, label }: Props) {
  const identifiers = columnsOf(people, ({ identifiers: own }) => own);
  const attributes = columnsOf(people, ({ attributes: own }) => own).filter((name) => !isName(name));
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table verticalSpacing="xs" aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            {["Person", ...identifiers, ...attributes].map((name) => (
              <Table.Th key={name} style={{ whiteSpace: "nowrap" }}>
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {people.map((person) => (
            <Table.Tr key={person.profile}>
              <Table.Td>
                <AnchorLink
                  to="/profiles/$number"
                  params={{ number: person.profile }}
                  size="sm"
                  fw={600}
                  dir="auto"
                  truncate="end"
                  maw={260}
                  display="block"
                >
                  {personName(person)}
                </AnchorLink>
              </Table.Td>
              {identifiers.map((name) => (
                <Cell key={name} text={firstOf(person.identifiers[name] ?? [])} />
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
    <Table.Td>
      <Text size="sm" truncate="end" maw={200} title={text} dir="auto">
        {text === "" ? "–" : text}
      </Text>
    </Table.Td>
  );
}

/** A value, and how many others there are. */
function firstOf([first = "", ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

/** What any of them has, in the order in which it is met. */
function columnsOf(
  people: readonly PreviewPerson[],
  of: (person: PreviewPerson) => Readonly<Record<string, unknown>>,
): readonly string[] {
  return [...new Set(people.flatMap((person) => Object.keys(of(person))))];
}
