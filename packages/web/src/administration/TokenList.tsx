import { Alert, Button, Code, CopyButton, Group, Select, Stack, Table, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, dataOf, faultAt } from "../api/client.ts";
import type { Schemas } from "../api/schemas.ts";
import { Dialog } from "../shell/Dialog.tsx";
import { EmptyState } from "../shell/EmptyState.tsx";
import { PageTitle } from "../shell/PageTitle.tsx";
import { ProblemAlert } from "../shell/ProblemAlert.tsx";
import { Moment } from "../words/Moment.tsx";
import { ROLE_WORDS, ROLES, roleOf } from "../words/role.ts";
import { tokensQuery } from "./queries.ts";

/** What opens the API to programs: named, shown once, revocable. */
export function TokenList() {
  const { data: tokens } = useSuspenseQuery(tokensQuery);
  const [isAdding, adding] = useDisclosure(false);
  const [revoked, setRevoked] = useState<Schemas["Token"]>();
  const add = <Button onClick={adding.open}>Make a token</Button>;
  return (
    <>
      <PageTitle title="API tokens" actions={tokens.length === 0 ? undefined : add} />
      <NewToken opened={isAdding} onClose={adding.close} />
      {revoked === undefined ? null : <Revoke token={revoked} onClose={() => setRevoked(undefined)} />}
      {tokens.length === 0 ? (
        <EmptyState title="There is no token yet" action={add}>
          A token lets a program use the API, or the command line reach this server from another machine. It
          has a role, as users have, and is shown once.
        </EmptyState>
      ) : (
        <Table.ScrollContainer minWidth={720}>
          <Table verticalSpacing="sm">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th>Role</Table.Th>
                <Table.Th>Made</Table.Th>
                <Table.Th>Last used</Table.Th>
                <Table.Th>Revoked</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {tokens.toReversed().map((token) => (
                <Table.Tr key={token.id}>
                  <Table.Td style={{ overflowWrap: "anywhere" }}>{token.name}</Table.Td>
                  <Table.Td>{ROLE_WORDS[token.role]}</Table.Td>
                  <Table.Td>
                    <Moment instant={token.createdAt} />
                  </Table.Td>
                  <Table.Td>
                    <Moment instant={token.lastUsedAt} />
                  </Table.Td>
                  <Table.Td>
                    {token.revokedAt === null ? (
                      <Button
                        size="xs"
                        variant="default"
                        aria-label={`Revoke ${token.name}`}
                        onClick={() => setRevoked(token)}
                      >
                        Revoke
                      </Button>
                    ) : (
                      <Moment instant={token.revokedAt} />
                    )}
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

function NewToken({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState<Schemas["Token"]["role"]>("viewer");
  const queries = useQueryClient();
  const make = useMutation({
    mutationFn: async () => dataOf(await api.POST("/api/v1/tokens", { body: { name, role } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  });
  const close = () => {
    // What was shown once is kept nowhere.
    make.reset();
    setName("");
    onClose();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <Dialog title="Make a token" opened={opened} onClose={close} size="lg">
      {make.data === undefined ? (
        <form onSubmit={submit}>
          <Stack gap="md">
            <TextInput
              label="Name"
              description="What uses it, so that you know later which one to revoke"
              required
              maxLength={200}
              data-autofocus
              value={name}
              error={faultAt(make.error, "/name")}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Select
              label="Role"
              data={ROLES}
              value={role}
              allowDeselect={false}
              onChange={(value) => setRole(roleOf(value))}
            />
            <ProblemAlert error={make.error} />
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button type="submit" loading={make.isPending} disabled={name.trim() === ""}>
                Make it
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <Stack gap="md">
          <Alert color="orange" role="status">
            This is the token “{make.data.name}”. It is shown this once: copy it now.
          </Alert>
          <Code block aria-label="The new token" style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}>
            {make.data.token}
          </Code>
          <Group justify="flex-end">
            <CopyButton value={make.data.token}>
              {({ copied, copy }) => (
                <Button variant="default" onClick={copy}>
                  {copied ? "Copied" : "Copy"}
                </Button>
              )}
            </CopyButton>
            <Button onClick={close}>Done</Button>
          </Group>
        </Stack>
      )}
    </Dialog>
  );
}

function Revoke({ token, onClose }: { readonly token: Schemas["Token"]; readonly onClose: () => void }) {
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => api.DELETE("/api/v1/tokens/{id}", { params: { path: { id: token.id } } }),
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  });
  return (
    <Dialog title="Revoke this token" opened onClose={onClose}>
      <Stack gap="md">
        <Text size="sm">
          “{token.name}” opens nothing any more from the next request on. That can’t be taken back.
        </Text>
        <ProblemAlert error={revoke.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button color="red" loading={revoke.isPending} onClick={() => revoke.mutate()}>
            Revoke the token
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
