import {
  Button,
  PasswordInput,
  SegmentedControl,
  Stack,
  Table,
  Text,
  Title,
  useMantineColorScheme,
} from "@mantine/core";
import { useMutation, useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, faultAt } from "../api/client.ts";
import { sessionQuery } from "../session/queries.ts";
import { PageTitle } from "../shell/PageTitle.tsx";
import { ProblemAlert } from "../shell/ProblemAlert.tsx";
import { serverStatusQuery } from "./queries.ts";

const PLANES = { sqlite: "SQLite, in the data folder", postgres: "PostgreSQL" } as const;

/** How the pages look, one's own password, and what this installation runs on. */
export function SettingsPage() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { user } = useSuspenseQuery(sessionQuery).data;
  return (
    <>
      <PageTitle title="Settings" />
      <Stack gap="xl" maw={560}>
        <section aria-labelledby="look">
          <Title order={2} size="h4" mb="sm" id="look">
            Light or dark
          </Title>
          <SegmentedControl
            aria-labelledby="look"
            value={colorScheme}
            onChange={(value) => setColorScheme(value === "light" || value === "dark" ? value : "auto")}
            data={[
              { value: "auto", label: "As the system" },
              { value: "light", label: "Light" },
              { value: "dark", label: "Dark" },
            ]}
          />
        </section>
        <OwnPassword />
        {user?.role === "admin" ? <Installation /> : null}
      </Stack>
    </>
  );
}

function OwnPassword() {
  const [values, setValues] = useState({ old: "", password: "" });
  const change = useMutation({
    mutationFn: () => api.POST("/api/v1/session/password", { body: values }),
    onSuccess: () => setValues({ old: "", password: "" }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  const fault = faultAt(change.error, "/password");
  return (
    <section aria-labelledby="password">
      <Title order={2} size="h4" mb="sm" id="password">
        Your password
      </Title>
      <form onSubmit={submit}>
        <Stack gap="md" align="stretch">
          <PasswordInput
            label="Old password"
            autoComplete="current-password"
            required
            value={values.old}
            onChange={(event) => setValues({ ...values, old: event.currentTarget.value })}
          />
          <PasswordInput
            label="New password"
            description="At least 10 characters; your other sessions end"
            autoComplete="new-password"
            required
            value={values.password}
            error={fault}
            onChange={(event) => setValues({ ...values, password: event.currentTarget.value })}
          />
          {fault === undefined ? <ProblemAlert error={change.error} /> : null}
          {change.isSuccess ? (
            <Text size="sm" role="status">
              The password is changed.
            </Text>
          ) : null}
          <Button
            type="submit"
            variant="default"
            loading={change.isPending}
            style={{ alignSelf: "flex-start" }}
          >
            Change the password
          </Button>
        </Stack>
      </form>
    </section>
  );
}

function Installation() {
  const { data: status, error } = useQuery(serverStatusQuery);
  const rows =
    status === undefined
      ? []
      : [
          ["Version", status.version],
          ["Definitions and users are kept in", PLANES[status.controlPlane]],
          ["Data is kept in", status.enginePid === null ? "ClickHouse" : "the embedded engine"],
        ];
  return (
    <section aria-labelledby="installation">
      <Title order={2} size="h4" mb="sm" id="installation">
        This installation
      </Title>
      <ProblemAlert error={error} />
      <Table>
        <Table.Tbody>
          {rows.map(([label, value]) => (
            <Table.Tr key={label}>
              <Table.Th>{label}</Table.Th>
              <Table.Td>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Text size="sm" mt="xs">
        All else is set by the server’s environment when it starts: see docs/configuration.md.
      </Text>
    </section>
  );
}
