import { Button, Group, Loader, Stack, Table, Text, TextInput } from "@mantine/core";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useEffect, useState } from "react";
import { identifiersQuery } from "../data/queries.ts";
import { useMayEdit } from "../session/use-may-edit.ts";
import { EmptyState } from "../shell/EmptyState.tsx";
import { AnchorLink, ButtonLink } from "../shell/links.tsx";
import { PageTitle } from "../shell/PageTitle.tsx";
import { ProblemAlert } from "../shell/ProblemAlert.tsx";
import { counted } from "../words/number.ts";
import { profileName } from "./profile-name.ts";
import { type Profile, profileSearchQuery } from "./queries.ts";

/** Finds a person by any identifier; what is sought is in the address. */
export function ProfileSearch() {
  const { q = "" } = useSearch({ from: "/shell/profiles" });
  const navigate = useNavigate();
  const { data: identifiers } = useSuspenseQuery(identifiersQuery);
  const mayEdit = useMayEdit();
  const [typed, setTyped] = useState(q);
  useEffect(() => setTyped(q), [q]);
  const kinds = identifiers.map(({ id }) => id);
  const search = useQuery(profileSearchQuery(q, kinds));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void navigate({ to: "/profiles", search: typed.trim() === "" ? {} : { q: typed.trim() } });
  };
  if (kinds.length === 0) {
    return (
      <>
        <PageTitle title="Profiles" />
        <EmptyState
          title="Nobody is known yet"
          action={mayEdit ? <ButtonLink to="/dataflows/new">New dataflow</ButtonLink> : undefined}
        >
          A profile is one person, put together from all rows that name them. Profiles appear with your first
          data.
        </EmptyState>
      </>
    );
  }
  return (
    <>
      <PageTitle
        title="Profiles"
        actions={
          <AnchorLink to="/deletions" size="sm">
            Deleted people
          </AnchorLink>
        }
      />
      <form onSubmit={submit}>
        <Group align="flex-end" gap="sm" mb="lg">
          <TextInput
            type="search"
            label="Find a person"
            description={`By ${listed(kinds)}, whole; or name the kind: ${kinds.at(-1)}:17`}
            w={520}
            maw="100%"
            autoFocus
            spellCheck={false}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Button type="submit">Search</Button>
        </Group>
      </form>
      <ProblemAlert error={search.error} />
      {q !== "" && search.isPending ? <Loader size="sm" role="status" aria-label="Searching" /> : null}
      {search.data === undefined ? null : <Results profiles={search.data} sought={q} />}
    </>
  );
}

function listed(kinds: readonly string[]): string {
  const last = kinds.at(-1) ?? "";
  return kinds.length < 2 ? last : `${kinds.slice(0, -1).join(", ")} or ${last}`;
}

function Results({ profiles, sought }: { readonly profiles: readonly Profile[]; readonly sought: string }) {
  if (profiles.length === 0) {
    return (
      <Stack gap={4} role="status">
        <Text fw={600} style={{ overflowWrap: "anywhere" }}>
          Nobody has “{sought}”
        </Text>
        <Text size="sm">Identifiers are found whole, not in part; large and small letters may matter.</Text>
      </Stack>
    );
  }
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table verticalSpacing="sm" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>Identifiers</Table.Th>
            <Table.Th ta="right">Events</Table.Th>
            <Table.Th ta="right">Audiences</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {profiles.map((profile) => (
            <Table.Tr key={profile.number}>
              <Table.Td style={{ overflowWrap: "anywhere" }}>
                <AnchorLink to="/profiles/$number" params={{ number: profile.number }} fw={600}>
                  {profileName(profile)}
                </AnchorLink>
              </Table.Td>
              <Table.Td style={{ overflowWrap: "anywhere" }}>
                {profile.identifiers.slice(0, 4).map(({ identifier, value }) => (
                  <Text size="sm" key={`${identifier} ${value}`}>
                    <Text span c="dimmed" size="sm">
                      {identifier}
                    </Text>{" "}
                    {value}
                  </Text>
                ))}
              </Table.Td>
              <Table.Td ta="right">{counted(profile.events.count)}</Table.Td>
              <Table.Td ta="right">{counted(profile.audiences.length)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
