import { Button, Group, Modal, PasswordInput, Select, Stack, Table, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, faultAt } from "../api/client.ts";
import type { Schemas } from "../api/schemas.ts";
import { sessionQuery } from "../session/queries.ts";
import { PageTitle } from "../shell/PageTitle.tsx";
import { ProblemAlert } from "../shell/ProblemAlert.tsx";
import { Moment } from "../words/Moment.tsx";
import { ROLES, roleOf } from "../words/role.ts";
import { usersQuery } from "./queries.ts";

/** Who may sign in, and as what; for administrators. */
export function UserList() {
  const { user: self } = useSuspenseQuery(sessionQuery).data;
  const { data: users } = useSuspenseQuery(usersQuery);
  const [isAdding, adding] = useDisclosure(false);
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: ({ id, ...body }: { id: string; role?: Schemas["User"]["role"]; disabled?: boolean }) =>
      api.PATCH("/api/v1/users/{id}", { params: { path: { id } }, body }),
    onSettled: () => queries.invalidateQueries({ queryKey: usersQuery.queryKey }),
  });
  return (
    <>
      <PageTitle title="Users" actions={<Button onClick={adding.open}>Add a user</Button>} />
      <NewUser opened={isAdding} onClose={adding.close} />
      <ProblemAlert error={change.error} />
      <Table.ScrollContainer minWidth={720}>
        <Table verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Name</Table.Th>
              <Table.Th>Role</Table.Th>
              <Table.Th>Last signed in</Table.Th>
              <Table.Th>Sign-in</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {users.map(({ id, name, email, role, lastSignedInAt, disabledAt }) => (
              <Table.Tr key={id}>
                <Table.Td style={{ overflowWrap: "anywhere" }}>
                  <Text fw={600}>{name}</Text>
                  <Text size="sm">{email}</Text>
                </Table.Td>
                <Table.Td>
                  <Select
                    aria-label={`Role of ${name}`}
                    data={ROLES}
                    value={role}
                    allowDeselect={false}
                    w={170}
                    onChange={(value) => change.mutate({ id, role: roleOf(value) })}
                  />
                </Table.Td>
                <Table.Td>
                  <Moment instant={lastSignedInAt} />
                </Table.Td>
                <Table.Td>
                  {id === self?.id ? (
                    <Text size="sm">This is you</Text>
                  ) : (
                    <Button
                      size="xs"
                      variant="default"
                      onClick={() => change.mutate({ id, disabled: disabledAt === null })}
                    >
                      {disabledAt === null ? "Shut out" : "Let in again"}
                    </Button>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </>
  );
}

/** What the form shows faults at. */
const FIELDS = ["/name", "/email", "/password"] as const;
const NOBODY = { name: "", email: "", password: "", role: "editor" as Schemas["User"]["role"] };

function NewUser({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const [user, setUser] = useState(NOBODY);
  const queries = useQueryClient();
  const add = useMutation({
    mutationFn: () => api.POST("/api/v1/users", { body: user }),
    onSuccess: async () => {
      setUser(NOBODY);
      onClose();
      await queries.invalidateQueries({ queryKey: usersQuery.queryKey });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  const close = () => {
    add.reset();
    onClose();
  };
  return (
    <Modal opened={opened} onClose={close} title="Add a user" closeButtonProps={{ "aria-label": "Close" }}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label="Name"
            required
            value={user.name}
            error={faultAt(add.error, "/name")}
            onChange={(event) => setUser({ ...user, name: event.currentTarget.value })}
          />
          <TextInput
            label="E-mail address"
            type="email"
            required
            value={user.email}
            error={faultAt(add.error, "/email")}
            onChange={(event) => setUser({ ...user, email: event.currentTarget.value })}
          />
          <Select
            label="Role"
            data={ROLES}
            value={user.role}
            allowDeselect={false}
            onChange={(value) => setUser({ ...user, role: roleOf(value) })}
          />
          <PasswordInput
            label="Password"
            description="At least 10 characters; tell it to the user, who can change it"
            autoComplete="new-password"
            required
            minLength={10}
            value={user.password}
            error={faultAt(add.error, "/password")}
            onChange={(event) => setUser({ ...user, password: event.currentTarget.value })}
          />
          {FIELDS.some((path) => faultAt(add.error, path) !== undefined) ? null : (
            <ProblemAlert error={add.error} />
          )}
          <Group justify="flex-end">
            <Button type="submit" loading={add.isPending}>
              Add
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
