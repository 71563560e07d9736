import { Button, Group, Table } from "@mantine/core";
import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { EmptyState } from "../shell/EmptyState.tsx";
import { AnchorLink, ButtonLink } from "../shell/links.tsx";
import { PageTitle } from "../shell/PageTitle.tsx";
import { Moment } from "../words/Moment.tsx";
import { DELETION_STATES } from "./deletion-words.ts";
import { deletionsQuery, type PersonDeletion } from "./queries.ts";

/** Everybody who was asked to be deleted, the latest first, and what each waits for. */
export function DeletionList() {
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = useSuspenseInfiniteQuery(deletionsQuery);
  const deletions = data.pages.flatMap(({ items }) => items);
  return (
    <>
      <PageTitle title="Deleted people" />
      {deletions.length === 0 ? (
        <EmptyState
          title="Nobody has been deleted"
          action={<ButtonLink to="/profiles">Find a person</ButtonLink>}
        >
          A person is deleted from their page: nothing is sent about them from then on, every segment loses
          them, and then all that is known of them is removed.
        </EmptyState>
      ) : (
        <Table.ScrollContainer minWidth={640}>
          <Table verticalSpacing="sm" highlightOnHover>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Profile</Table.Th>
                <Table.Th>State</Table.Th>
                <Table.Th>Waits for</Table.Th>
                <Table.Th>Asked for</Table.Th>
                <Table.Th>By</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {deletions.map((deletion) => (
                <Row key={deletion.id} deletion={deletion} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {hasNextPage ? (
        <Group mt="sm">
          <Button
            variant="default"
            size="xs"
            loading={isFetchingNextPage}
            onClick={() => void fetchNextPage()}
          >
            Show more
          </Button>
        </Group>
      ) : null}
    </>
  );
}

function Row({ deletion }: { readonly deletion: PersonDeletion }) {
  const { id, profile, state, waitsFor, requestedAt, requestedBy } = deletion;
  const activations = [...new Map(waitsFor.map(({ activation }) => [activation.id, activation])).values()];
  return (
    <Table.Tr>
      <Table.Td>
        <AnchorLink to="/deletions/$id" params={{ id }} fw={600} size="sm">
          {profile}
        </AnchorLink>
      </Table.Td>
      <Table.Td>{DELETION_STATES[state]}</Table.Td>
      <Table.Td style={{ overflowWrap: "anywhere" }}>
        {activations.length === 0 ? "–" : activations.map(({ name }) => name).join(", ")}
      </Table.Td>
      <Table.Td>
        <Moment instant={requestedAt} />
      </Table.Td>
      <Table.Td style={{ overflowWrap: "anywhere" }}>{requestedBy}</Table.Td>
    </Table.Tr>
  );
}
