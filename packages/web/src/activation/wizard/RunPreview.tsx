import { List, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "../../api/schemas.ts";
import { ProblemAlert } from "../../shell/ProblemAlert.tsx";
import { counted } from "../../words/number.ts";
import { previewQuery } from "../queries.ts";

interface Props {
  readonly id: string;
  readonly audiences: readonly string[];
  readonly personIdentifier: string;
  /** Only these segments are shown; absent: all. */
  readonly only?: readonly string[];
}

/** Who would join and leave each segment, and what would be held; nothing is sent by it. */
export function RunPreview({ id, audiences, personIdentifier, only }: Props) {
  const { data, error } = useQuery(previewQuery(id, audiences, personIdentifier));
  if (error !== null) return <ProblemAlert error={error} />;
  if (data === undefined) {
    return (
      <Text size="sm" role="status">
        Counting who would be sent …
      </Text>
    );
  }
  const segments = data.segments.filter(({ audienceId }) => only?.includes(audienceId) ?? true);
  return (
    <Table.ScrollContainer minWidth={560}>
      <Table verticalSpacing="xs" fz="sm" aria-label="Who would be sent">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Segment</Table.Th>
            <Table.Th>Join</Table.Th>
            <Table.Th>Leave</Table.Th>
            <Table.Th>Held for approval</Table.Th>
            <Table.Th ta="right">No {personIdentifier}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {segments.map(({ audienceId, audienceName, joins, leaves, held, withoutIdentifier }) => (
            <Table.Tr key={audienceId} style={{ verticalAlign: "top" }}>
              <Table.Td style={{ overflowWrap: "anywhere" }}>
                <bdi>{audienceName}</bdi>
              </Table.Td>
              <Table.Td>
                <Some some={joins} />
              </Table.Td>
              <Table.Td>
                <Some some={leaves} />
              </Table.Td>
              <Table.Td>
                <Some some={held} />
                {held.reasons.length === 0 ? null : (
                  <List size="xs">
                    {held.reasons.map(({ kind, sentence }) => (
                      <List.Item key={kind}>{sentence}</List.Item>
                    ))}
                  </List>
                )}
              </Table.Td>
              <Table.Td ta="right">{counted(withoutIdentifier)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

const NAMED = 5;

/** How many, and the first of them by id. */
function Some({
  some: { count, people },
}: {
  readonly some: Schemas["RunPreview"]["segments"][number]["joins"];
}) {
  const named = people.slice(0, NAMED);
  const rest = count - named.length;
  return (
    <Stack gap={0}>
      <Text size="sm">{counted(count)}</Text>
      {named.length === 0 ? null : (
        <Text size="xs" style={{ overflowWrap: "anywhere" }}>
          {named.join(", ")}
          {rest > 0 ? ` and ${counted(rest)} more` : ""}
        </Text>
      )}
    </Stack>
  );
}
