import { Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { ApiProblem, api, dataOf, faultAt } from "../api/client.ts";
import { ProblemAlert } from "../shell/ProblemAlert.tsx";
import { EntryPage } from "./EntryPage.tsx";
import { sessionQuery } from "./queries.ts";

const FIELDS = [
  { name: "code", label: "Set-up code", type: "text", autoComplete: "off" },
  { name: "name", label: "Your name", type: "text", autoComplete: "name" },
  { name: "email", label: "E-mail address", type: "email", autoComplete: "username" },
] as const;

/** First start: the set-up code that the server printed makes the first administrator. */
export function SetUp() {
  const [values, setValues] = useState({ code: "", name: "", email: "", password: "" });
  const queries = useQueryClient();
  const navigate = useNavigate();
  const setUp = useMutation({
    mutationFn: async () => dataOf(await api.POST("/api/v1/setup/administrator", { body: values })),
    onSuccess: async (session) => {
      queries.clear();
      queries.setQueryData(sessionQuery.queryKey, session);
      await navigate({ to: "/" });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setUp.mutate();
  };
  const { error } = setUp;
  const faultOf = (name: string) =>
    name === "code" && error instanceof ApiProblem && error.problem.code === "setupCodeWrong"
      ? `${error.problem.title}. ${error.problem.remedy}`
      : faultAt(error, `/${name}`);
  const isAtField = ["code", "name", "email", "password"].some((name) => faultOf(name) !== undefined);
  return (
    <EntryPage title="Set up Peregrine">
      <form onSubmit={submit}>
        <Stack gap="md">
          <Text size="sm">
            The server printed a set-up code at its first start. Whoever has it becomes the first
            administrator.
          </Text>
          {isAtField ? null : <ProblemAlert error={error} />}
          {FIELDS.map(({ name, ...field }, at) => (
            <TextInput
              key={name}
              {...field}
              required
              autoFocus={at === 0}
              value={values[name]}
              error={faultOf(name)}
              onChange={(event) => setValues({ ...values, [name]: event.currentTarget.value })}
            />
          ))}
          <PasswordInput
            label="Password"
            description="At least 10 characters"
            autoComplete="new-password"
            required
            minLength={10}
            value={values.password}
            error={faultOf("password")}
            onChange={(event) => setValues({ ...values, password: event.currentTarget.value })}
          />
          <Button type="submit" loading={setUp.isPending}>
            Set up
          </Button>
        </Stack>
      </form>
    </EntryPage>
  );
}
