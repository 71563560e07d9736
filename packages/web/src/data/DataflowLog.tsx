import { Button, Group, Table, Text } from "@mantine/core";
import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import type { Schemas } from "../api/schemas.ts";
import { AnchorLink } from "../shell/links.tsx";
import { Moment } from "../words/Moment.tsx";
import { dataflowLogQuery } from "./queries.ts";
import { StateBadge } from "./StateBadge.tsx";

type Activity = Schemas["DataflowActivity"];

const WORDS: Readonly<Record<Activity["what"], string>> = {
  created: "Created",
  changed: "Changed",
  activated: "Activated",
  paused: "Paused",
  resumed: "Resumed",
  deleted: "Deleted",
  import: "Import",
};

/** Who changed what, and the files that came. */
export function DataflowLog({ id }: { readonly id: string }) {
  const log = useSuspenseInfiniteQuery(dataflowLogQuery(id));
  const entries = log.data.pages.flatMap(({ items }) => items);
  return (
    <>
      <Table.ScrollContainer minWidth={640}>
        <Table verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={150}>When</Table.Th>
              <Table.Th>What</Table.Th>
              <Table.Th w="25%">By</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {entries.map((entry) => (
              <Table.Tr key={`${entry.at} ${entry.what} ${entry.version ?? entry.import?.id}`}>
                <Table.Td>
                  <Moment instant={entry.at} />
                </Table.Td>
                <Table.Td style={{ overflowWrap: "anywhere" }}>
                  <What entry={entry} />
                </Table.Td>
                <Table.Td style={{ overflowWrap: "anywhere" }}>{entry.by ?? "–"}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {log.hasNextPage ? (
        <Group mt="sm">
          <Button
            variant="default"
            size="xs"
            loading={log.isFetchingNextPage}
            onClick={() => void log.fetchNextPage()}
          >
            Show more
          </Button>
        </Group>
      ) : null}
    </>
  );
}

function What({ entry: { what, fields, import: of } }: { readonly entry: Activity }) {
  if (of === null) {
    return (
      <Text size="sm">
        {WORDS[what]}
        {what === "changed" && fields.length > 0 ? `: ${fields.map(fieldName).join(", ")}` : ""}
      </Text>
    );
  }
  return (
    <Group gap="xs">
      <AnchorLink to="/imports/$id" params={{ id: of.id }} size="sm">
        {of.fileName}
      </AnchorLink>
      <StateBadge state={of.state} />
      {of.againOf === null ? null : <Text size="sm">again of import {of.againOf}</Text>}
    </Group>
  );
}

/** `/map/price` as people say it. */
function fieldName(pointer: string): string {
  return pointer.slice(1).replaceAll("/", " › ").replaceAll("~1", "/").replaceAll("~0", "~");
}
