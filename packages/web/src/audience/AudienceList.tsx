import { Badge, Group, Stack, Table, Text } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { PageTitle } from "../shell/PageTitle.tsx";
import { Moment } from "../words/Moment.tsx";
import { counted } from "../words/number.ts";
import { audiencesQuery } from "./queries.ts";

/** All audiences with their sizes, and their rules in words. */
export function AudienceList() {
  const { data: audiences } = useSuspenseQuery(audiencesQuery);
  return (
    <>
      <PageTitle title="Audiences" />
      {audiences.length === 0 ? (
        <Stack gap="xs" maw={560}>
          <Text fw={600}>There is no audience yet</Text>
          <Text>
            An audience is a group of people by a rule, such as “bought within 365 days and not within 90”.
            For now audiences are made by the API and by files: <code>peregrine apply -f audiences.yaml</code>
            .
          </Text>
        </Stack>
      ) : (
        <Table.ScrollContainer minWidth={720}>
          <Table verticalSpacing="sm" highlightOnHover>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th>Rule</Table.Th>
                <Table.Th ta="right">Size</Table.Th>
                <Table.Th>Last checked</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {audiences.map(({ id, name, tags, sentence, size, checkedAt, error }) => (
                <Table.Tr key={id}>
                  <Table.Td style={{ overflowWrap: "anywhere" }}>
                    <Text fw={600}>{name}</Text>
                    <Group gap={4}>
                      {tags.map((tag) => (
                        <Badge key={tag} variant="light" color="gray" c="var(--mantine-color-text)" tt="none">
                          {tag}
                        </Badge>
                      ))}
                    </Group>
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm">{error === null ? sentence : error.detail}</Text>
                  </Table.Td>
                  <Table.Td ta="right">{counted(size)}</Table.Td>
                  <Table.Td>
                    <Moment instant={checkedAt} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </>
  );
}
