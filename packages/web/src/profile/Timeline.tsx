import { Button, Group, Stack, Table, Text } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { schemasQuery } from "../data/queries.ts";
import { shownValue } from "../data/shown-value.ts";
import { AnchorLink } from "../shell/links.tsx";
import { ProblemAlert } from "../shell/ProblemAlert.tsx";
import { counted } from "../words/number.ts";
import { exactly } from "../words/time.ts";
import { type Profile, type ProfileEvent, profileEventsQuery } from "./queries.ts";
import { Section } from "./Section.tsx";

/** What a person did, newest first, page by page. */
export function Timeline({ profile: { number, events } }: { readonly profile: Profile }) {
  const pages = useInfiniteQuery(profileEventsQuery(number));
  const { data: schemas } = useQuery(schemasQuery);
  const shown = pages.data?.pages.flatMap(({ items }) => items) ?? [];
  // By what the event names its person stands above already.
  const namingOf = (schema: string): readonly string[] =>
    schemas
      ?.find(({ id }) => id === schema)
      ?.definition.columns.flatMap(({ name, identifier }) => (identifier === undefined ? [] : [name])) ?? [];
  return (
    <Section title="Timeline">
      {events.count === 0 ? (
        <Text size="sm">Nothing has happened yet.</Text>
      ) : (
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          {counted(events.count)} {events.count === 1 ? "event" : "events"}:{" "}
          {events.types.map(({ type, count }) => `${counted(count)} ${type}`).join(", ")}
        </Text>
      )}
      <ProblemAlert error={pages.error} />
      {shown.length === 0 ? null : (
        <Table verticalSpacing="xs" withTableBorder>
          <Table.Tbody>
            {shown.map((event, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: events have no names of their own
              <Row key={`${event.time} ${at}`} event={event} naming={namingOf(event.schema)} />
            ))}
          </Table.Tbody>
        </Table>
      )}
      {pages.hasNextPage ? (
        <Group>
          <Button
            variant="default"
            size="xs"
            loading={pages.isFetchingNextPage}
            onClick={() => void pages.fetchNextPage()}
          >
            Show earlier
          </Button>
          <Text size="sm" c="dimmed">
            {counted(shown.length)} of {counted(events.count)}
          </Text>
        </Group>
      ) : null}
    </Section>
  );
}

interface RowProps {
  readonly event: ProfileEvent;
  /** Columns that name the person. */
  readonly naming: readonly string[];
}

function Row({ event: { type, time, dataflow, properties }, naming }: RowProps) {
  const shown = Object.entries(properties).filter(
    ([name, value]) => value !== null && value !== "" && !naming.includes(name),
  );
  return (
    <Table.Tr style={{ verticalAlign: "top" }}>
      <Table.Td w={186}>
        <Text size="sm" component="time" dateTime={time}>
          {exactly(time)}
        </Text>
      </Table.Td>
      <Table.Td style={{ overflowWrap: "anywhere" }}>
        <Stack gap={2}>
          <Group gap="xs">
            <Text size="sm" fw={600}>
              {type}
            </Text>
            <AnchorLink to="/dataflows/$id" params={{ id: dataflow }} size="xs">
              {dataflow}
            </AnchorLink>
          </Group>
          {shown.length === 0 ? null : (
            <Text size="sm" c="dimmed">
              {shown.map(([name, value]) => `${name} ${shownValue(value)}`).join(" · ")}
            </Text>
          )}
        </Stack>
      </Table.Td>
    </Table.Tr>
  );
}
