import { Button, Menu, Text } from "@mantine/core";
import type { BlockKind } from "../../rule/block.ts";
import { useBuilder } from "../builder-context.ts";

interface Kind {
  readonly kind: BlockKind;
  readonly title: string;
  readonly about: string;
}

/** What can be asked of people. */
export const ON_PEOPLE: readonly Kind[] = [
  { kind: "did", title: "What they did", about: "An event, how often and when; or that they didn’t" },
  { kind: "have", title: "What they have", about: "An attribute, such as a country or a date" },
  { kind: "inAudience", title: "In an audience", about: "The rule of another audience; or not in it" },
  { kind: "everyone", title: "Everyone", about: "All people there are" },
  { kind: "group", title: "A group", about: "Conditions that belong together: all, any or none" },
];
const ON_EVENTS: readonly Kind[] = [
  { kind: "property", title: "A property", about: "Of the event, such as a brand or a price" },
  { kind: "group", title: "A group", about: "Conditions that belong together: all, any or none" },
];

/** Adds a block to the end of a group. @param event empty: the group is of conditions on people */
export function AddBlock({ into, event }: { readonly into: string; readonly event: string }) {
  const { dispatch } = useBuilder();
  const isOnPeople = event === "";
  const kinds = isOnPeople ? ON_PEOPLE : ON_EVENTS;
  return (
    <Menu position="bottom-start" width={320} returnFocus={false}>
      <Menu.Target>
        <Button variant="subtle" size="compact-sm" h={36} ml={-9}>
          {isOnPeople ? "+ Add a condition" : "+ Add a condition on it"}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {kinds.map(({ kind, title, about }) => (
          <Menu.Item key={kind} onClick={() => dispatch({ do: "add", into, kind })}>
            <Text size="sm">{title}</Text>
            <Text size="xs" c="dimmed">
              {about}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
