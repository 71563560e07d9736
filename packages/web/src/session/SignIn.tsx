import { Button, Code, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api, dataOf } from "../api/client.ts";
import { ProblemAlert } from "../shell/ProblemAlert.tsx";
import { EntryPage } from "./EntryPage.tsx";
import { sessionQuery } from "./queries.ts";

/** Sign-in by e-mail address and password. */
export function SignIn() {
  const { to } = useSearch({ from: "/sign-in" });
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const queries = useQueryClient();
  const navigate = useNavigate();
  const signIn = useMutation({
    mutationFn: async () => dataOf(await api.POST("/api/v1/session", { body: { email, password } })),
    onSuccess: async (session) => {
      queries.clear();
      queries.setQueryData(sessionQuery.queryKey, session);
      await navigate({ href: to });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate();
  };
  return (
    <EntryPage title="Sign in">
      <form onSubmit={submit}>
        <Stack gap="md">
          <ProblemAlert error={signIn.error} />
          <TextInput
            label="E-mail address"
            type="email"
            autoComplete="username"
            autoFocus
            required
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <PasswordInput
            label="Password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Button type="submit" loading={signIn.isPending}>
            Sign in
          </Button>
          <Text size="sm" c="dimmed">
            An administrator makes you a user: on the page <em>Users</em>, or by{" "}
            <Code>peregrine user create</Code>.
          </Text>
        </Stack>
      </form>
    </EntryPage>
  );
}
