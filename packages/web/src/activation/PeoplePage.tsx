import { Button, Group, Select, Stack, Table, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { PERSON_STATES, type PersonState } from "@peregrine/core";
import { useInfiniteQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { AnchorLink } from "../shell/links.tsx";
import { PageFailure } from "../shell/PageFailure.tsx";
import { PageTitle } from "../shell/PageTitle.tsx";
import { Moment } from "../words/Moment.tsx";
import { activationStatusQuery, peopleQuery } from "./queries.ts";

const TYPING_MS = 300;

/** The people of one state in one segment, as the numbers of the activation count them. */
export function PeoplePage() {
  const { id } = useParams({ from: "/shell/activations/$id/people" });
  const search = useSearch({ from: "/shell/activations/$id/people" });
  const navigate = useNavigate();
  const { data: status } = useSuspenseQuery(activationStatusQuery(id));
  const [typed, setTyped] = useState("");
  const [sought] = useDebouncedValue(typed.trim(), TYPING_MS);
  const audience = search.audience === "" ? (status.segments[0]?.audienceId ?? "") : search.audience;
  const { state } = search;
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery({
    ...peopleQuery(id, audience, state, sought),
    enabled: audience !== "",
  });
  const people = data?.pages.flatMap(({ items }) => items) ?? [];
  const show = (next: { audience?: string; state?: PersonState }) =>
    void navigate({ to: "/activations/$id/people", params: { id }, search: { audience, state, ...next } });
  const csv = `/api/v1/activations/${encodeURIComponent(id)}/audiences/${encodeURIComponent(audience)}/people.csv?state=${state}`;
  return (
    <>
      <PageTitle
        title={PERSON_STATES[state]}
        actions={
          <Button component="a" variant="default" href={csv} download>
            Download as CSV
          </Button>
        }
      />
      <Stack gap="md">
        <AnchorLink to="/activations/$id" params={{ id }} size="sm" style={{ overflowWrap: "anywhere" }}>
          ← <bdi>{status.name}</bdi>
        </AnchorLink>
        <Group align="flex-end">
          <Select
            label="Audience"
            w={300}
            allowDeselect={false}
            data={status.segments.map(({ audienceId, name }) => ({ value: audienceId, label: name }))}
            value={audience}
            onChange={(value) => value !== null && show({ audience: value })}
          />
          <Select
            label="State"
            w={260}
            allowDeselect={false}
            data={Object.entries(PERSON_STATES).map(([value, label]) => ({ value, label }))}
            value={state}
            onChange={(value) => value !== null && show({ state: value as PersonState })}
          />
          <TextInput
            label="Search by userid"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        </Group>
        {error === null ? null : <PageFailure error={error} reset={() => void refetch()} />}
        {data !== undefined && people.length === 0 ? <Text>Nobody is in this state now.</Text> : null}
        {people.length === 0 ? null : (
          <Table.ScrollContainer minWidth={640}>
            <Table verticalSpacing="xs">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>userid</Table.Th>
                  <Table.Th>Profile</Table.Th>
                  <Table.Th>Last sent</Table.Th>
                  <Table.Th>Ibexa’s answer</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {people.map(({ personId, profile, lastSentAt, refusal }) => (
                  <Table.Tr key={`${personId} ${profile}`}>
                    <Table.Td style={{ overflowWrap: "anywhere" }}>{personId ?? "–"}</Table.Td>
                    <Table.Td>
                      {profile === null ? (
                        "–"
                      ) : (
                        <AnchorLink to="/profiles/$number" params={{ number: profile }} size="sm">
                          {profile}
                        </AnchorLink>
                      )}
                    </Table.Td>
                    <Table.Td>
                      <Moment instant={lastSentAt} />
                    </Table.Td>
                    <Table.Td maw={420} style={{ overflowWrap: "anywhere" }}>
                      {refusal === null ? "" : `${refusal.reason} (${refusal.attempts} times)`}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
        {hasNextPage ? (
          <Group>
            <Button variant="default" onClick={() => void fetchNextPage()} loading={isFetchingNextPage}>
              Show more
            </Button>
          </Group>
        ) : null}
      </Stack>
    </>
  );
}
