import { Alert, Badge, Button, Group, List, Paper, Progress, Stack, Table, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import type { Schemas } from "../../api/schemas.ts";
import { useMayEdit } from "../../session/use-may-edit.ts";
import { ProblemAlert } from "../../shell/ProblemAlert.tsx";
import { Marked } from "../../words/Marked.tsx";
import { Moment } from "../../words/Moment.tsx";
import { counted } from "../../words/number.ts";
import { identifierReportQuery } from "../queries.ts";

type Figures = Schemas["IdentifierFigures"];
type RowParts = Figures["rows"];

/** The parts of all rows, in the words of the pages; together they are all of them. */
const PARTS = {
  named: "name somebody",
  blocked: "have blocked values only",
  without: "have no value",
  contradictory: "have two values",
  leftOut: "are left out",
  refused: "were refused",
} as const satisfies Partial<Record<keyof RowParts, string>>;
const PART_NAMES = Object.keys(PARTS) as (keyof typeof PARTS)[];

/** Is the identifier right? Counts of all kept rows, and each problem with what to do. */
export function IdentifierReport({ id }: { readonly id: string }) {
  const queries = useQueryClient();
  const mayEdit = useMayEdit();
  const { data: found, error } = useQuery(identifierReportQuery(id));
  const make = useMutation({
    mutationFn: () => api.POST("/api/v1/identifiers/{id}/report", { params: { path: { id } } }),
    onSettled: () => queries.invalidateQueries({ queryKey: identifierReportQuery(id).queryKey }),
  });
  const isRunning = found?.state === "running";
  const report = found?.report ?? null;
  return (
    <Stack gap="md" mt="xl" component="section" aria-label={`Is ${id} right?`}>
      <Group justify="space-between">
        <Title order={2} size="h4">
          Is {id} right?
        </Title>
        {mayEdit ? (
          <Button
            variant={report === null ? "filled" : "default"}
            size="xs"
            loading={make.isPending || isRunning}
            onClick={() => make.mutate()}
          >
            {report === null ? "Make the report" : "Make it again"}
          </Button>
        ) : null}
      </Group>
      <ProblemAlert error={error ?? make.error} />
      {found?.error == null ? null : (
        <Alert color="red" role="alert" title="The report failed">
          {found.error.detail}
        </Alert>
      )}
      {isRunning && found.progress !== null ? (
        <Stack gap={4} maw={560}>
          <Progress
            value={found.progress.total === null ? 100 : (100 * found.progress.done) / found.progress.total}
            striped={found.progress.total === null}
            aria-label="Progress of the report"
          />
          <Text size="sm">{found.progress.step}</Text>
        </Stack>
      ) : null}
      {report === null ? (
        <Text size="sm" maw={760}>
          The report looks at all kept rows: which name somebody and which don’t, values that aren’t numbers,
          values that several people share, and users of events that the export doesn’t have.
        </Text>
      ) : (
        <>
          <Group gap={6}>
            <Text size="sm" c="dimmed">
              Made
            </Text>
            <Moment instant={report.takenAt} />
            {report.isCurrent ? null : (
              <Text size="sm" c="dimmed">
                · data or definitions have changed since
              </Text>
            )}
          </Group>
          <Problems problems={report.problems} />
          <Rows figures={report.figures} />
        </>
      )}
    </Stack>
  );
}

type Problem = NonNullable<Schemas["IdentifierReport"]["report"]>["problems"][number];

function Problems({ problems }: { readonly problems: readonly Problem[] }) {
  if (problems.length === 0) {
    return (
      <Group gap="xs">
        <Badge variant="light" color="teal" c="var(--mantine-color-text)" tt="none" radius="sm">
          All as it should be
        </Badge>
      </Group>
    );
  }
  return problems.map(({ kind, text, remedy, examples }) => (
    <Paper key={kind} withBorder p="md">
      <Text size="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
        <Marked text={text} />
      </Text>
      <Text size="sm">
        <Marked text={remedy} />
      </Text>
      {examples.length === 0 ? null : (
        <List size="sm" mt="xs" c="dimmed">
          {examples.map((example) => (
            <List.Item key={example} style={{ overflowWrap: "anywhere" }}>
              {example}
            </List.Item>
          ))}
        </List>
      )}
    </Paper>
  ));
}

/** Which rows name somebody, of each dataflow and of all. */
function Rows({ figures }: { readonly figures: Figures }) {
  const shown = PART_NAMES.filter((part) => part === "named" || figures.rows[part] > 0);
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Rows of</Table.Th>
            <Table.Th ta="right">Rows</Table.Th>
            {shown.map((part) => (
              <Table.Th key={part} ta="right">
                {PARTS[part]}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {figures.dataflows.map((dataflow) => (
            <Table.Tr key={dataflow.dataflow}>
              <Table.Td style={{ overflowWrap: "anywhere" }}>{dataflow.dataflow}</Table.Td>
              <Table.Td ta="right">{counted(dataflow.rows)}</Table.Td>
              {shown.map((part) => (
                <Table.Td key={part} ta="right">
                  {counted(dataflow[part])}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
          <Table.Tr fw={600}>
            <Table.Td>All</Table.Td>
            <Table.Td ta="right">{counted(figures.rows.rows)}</Table.Td>
            {shown.map((part) => (
              <Table.Td key={part} ta="right">
                {counted(figures.rows[part])}
              </Table.Td>
            ))}
          </Table.Tr>
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
