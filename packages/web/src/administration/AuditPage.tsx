import { Button, Group, Select, Stack, Text } from "@mantine/core";
import { useQuery, useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { activationsQuery } from "../activation/queries.ts";
import { audiencesQuery } from "../audience/queries.ts";
import { dataflowsQuery } from "../data/queries.ts";
import { ChangeList } from "../shell/ChangeList.tsx";
import { PageTitle } from "../shell/PageTitle.tsx";
import { auditQuery, usersQuery } from "./queries.ts";

const KINDS = [
  { value: "", label: "Everything" },
  { value: "activation", label: "Activations" },
  { value: "audience", label: "Audiences" },
  { value: "dataflow", label: "Dataflows" },
  { value: "schema", label: "Schemas" },
  { value: "identifier", label: "Person identifiers" },
  { value: "streamId", label: "Stream ids" },
  { value: "user", label: "Users" },
  { value: "token", label: "API tokens" },
];

/** Who did what when, before and after; for administrators. */
export function AuditPage() {
  const { kind = "" } = useSearch({ from: "/shell/audit" });
  const navigate = useNavigate();
  const { data, fetchNextPage, hasNextPage, isFetchingNextPage } = useSuspenseInfiniteQuery(auditQuery(kind));
  const { data: known = [] } = useQuery(usersQuery);
  const { data: activations = [] } = useQuery(activationsQuery);
  const { data: audiences = [] } = useQuery(audiencesQuery);
  const { data: dataflows = [] } = useQuery(dataflowsQuery);
  const names = new Map([
    ...namesOf("user", known),
    ...namesOf("activation", activations),
    ...namesOf("audience", audiences),
    ...namesOf(
      "dataflow",
      dataflows.map(({ definition }) => definition),
    ),
  ]);
  const entries = data.pages.flatMap(({ items }) => items);
  return (
    <>
      <PageTitle title="Audit log" />
      <Stack gap="md">
        <Select
          label="Show"
          data={KINDS}
          w={240}
          value={kind}
          allowDeselect={false}
          onChange={(value) =>
            void navigate({ to: "/audit", search: value === null || value === "" ? {} : { kind: value } })
          }
        />
        {entries.length === 0 ? (
          <Text>Nothing of it has been done yet.</Text>
        ) : (
          <ChangeList entries={entries} hasSubject names={names} />
        )}
        {hasNextPage ? (
          <Group>
            <Button variant="default" onClick={() => void fetchNextPage()} loading={isFetchingNextPage}>
              Earlier entries
            </Button>
          </Group>
        ) : null}
      </Stack>
    </>
  );
}

function namesOf(
  kind: string,
  things: readonly { readonly id: string; readonly name?: string | undefined }[],
): [subject: string, name: string][] {
  return things.map(({ id, name = id }) => [`${kind} ${id}`, name]);
}
