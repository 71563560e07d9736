import { Button, Code, Grid, Stack, Table, Text } from "@mantine/core";
import { Fragment, useState } from "react";
import type { Schemas } from "../api/schemas.ts";
import { Moment } from "../words/Moment.tsx";
import { actionOf } from "./action-words.ts";
import { differencesOf } from "./differences.ts";

type Entry = Schemas["AuditEntry"];

interface Props {
  readonly entries: readonly Entry[];
  /** Whether each entry says what it was done to; false where all are of one thing. */
  readonly hasSubject: boolean;
  /** What things are called that have no name in an entry, by kind and id: `user 7`. */
  readonly names?: ReadonlyMap<string, string>;
}

const NOTHING: ReadonlyMap<string, string> = new Map();

/** Who did what when, each with what it was before and is after. */
export function ChangeList({ entries, hasSubject, names = NOTHING }: Props) {
  const [opened, setOpened] = useState<number>();
  return (
    <Table.ScrollContainer minWidth={720}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>When</Table.Th>
            <Table.Th>Who</Table.Th>
            <Table.Th>What</Table.Th>
            {hasSubject ? <Table.Th>Of</Table.Th> : null}
            <Table.Th>Changed</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map((entry) => {
            const changed = differencesOf(entry.before, entry.after);
            const isOpen = opened === entry.id;
            return (
              <Fragment key={entry.id}>
                <Table.Tr>
                  <Table.Td>
                    <Moment instant={entry.at} />
                  </Table.Td>
                  <Table.Td style={{ overflowWrap: "anywhere" }}>
                    <Text size="sm" lineClamp={3} title={entry.by} dir="auto">
                      {entry.by}
                    </Text>
                  </Table.Td>
                  <Table.Td>{actionOf(entry)}</Table.Td>
                  {hasSubject ? (
                    <Table.Td style={{ overflowWrap: "anywhere" }}>{subjectOf(entry, names)}</Table.Td>
                  ) : null}
                  <Table.Td style={{ overflowWrap: "anywhere" }}>
                    {changed.length === 0 ? (
                      ""
                    ) : (
                      <Button
                        size="compact-xs"
                        variant="subtle"
                        aria-expanded={isOpen}
                        onClick={() => setOpened(isOpen ? undefined : entry.id)}
                      >
                        {isOpen ? "Close" : "Before and after"}
                      </Button>
                    )}
                  </Table.Td>
                </Table.Tr>
                {isOpen ? (
                  <Table.Tr>
                    <Table.Td colSpan={hasSubject ? 5 : 4}>
                      <Stack gap="xs">
                        {changed.map(({ field, before, after }) => (
                          <Grid key={field} gap="sm">
                            <Grid.Col span={2}>
                              <Text size="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
                                {field}
                              </Text>
                            </Grid.Col>
                            <Value label="Before" text={before} />
                            <Value label="After" text={after} />
                          </Grid>
                        ))}
                      </Stack>
                    </Table.Td>
                  </Table.Tr>
                ) : null}
              </Fragment>
            );
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

const KIND_WORDS: Readonly<Record<string, string>> = {
  activation: "Activation",
  audience: "Audience",
  dataflow: "Dataflow",
  schema: "Schema",
  identifier: "Person identifier",
  streamId: "Stream id",
  user: "User",
  token: "API token",
  import: "Import",
  profile: "Profile",
  installation: "This installation",
};

/** What it was done to, by its name where it has one. */
function subjectOf({ kind, subject, before, after }: Entry, names: ReadonlyMap<string, string>): string {
  const known = names.get(`${kind} ${subject}`);
  const name = nameOf(after) ?? nameOf(before) ?? known ?? subject;
  const word = KIND_WORDS[kind] ?? kind;
  return name === "" ? word : `${word} “${name}”`;
}

function nameOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !("name" in value)) return undefined;
  return typeof value.name === "string" ? value.name : undefined;
}

function Value({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <Grid.Col span={5}>
      <Text size="xs">{label}</Text>
      <Code block style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
        {text}
      </Code>
    </Grid.Col>
  );
}
