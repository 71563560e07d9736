import { Button, Group, List, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, dataOf } from "../api/client.ts";
import { ProblemAlert } from "../shell/ProblemAlert.tsx";
import { Marked } from "../words/Marked.tsx";
import { refreshActivation } from "./queries.ts";
import { Advice } from "./wizard/ConnectionTest.tsx";

interface Props {
  readonly id: string;
  /** In a dialog: one types at once. */
  readonly hasFocus?: boolean;
}

/** Brings one person into a segment of its own in Ibexa, and takes them out again. */
export function TestPerson({ id, hasFocus = false }: Props) {
  const [personId, setPersonId] = useState("");
  const queries = useQueryClient();
  const send = useMutation({
    mutationFn: async (action: "add" | "remove") =>
      dataOf(
        await api.POST("/api/v1/activations/{id}/test-person", {
          params: { path: { id } },
          body: { action, personId: personId.trim() },
        }),
      ),
    onSettled: () => refreshActivation(queries, id),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (personId.trim() !== "") send.mutate("add");
  };
  return (
    <Stack gap="sm" component="form" onSubmit={submit}>
      <Group align="flex-end">
        <TextInput
          label="Id of a test person"
          description="A user of Ibexa; a segment of its own is made for the test"
          {...(hasFocus ? { "data-autofocus": true } : {})}
          flex={1}
          miw={180}
          maw={420}
          value={personId}
          onChange={(event) => setPersonId(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={personId.trim() === ""} loading={send.isPending}>
          Send
        </Button>
        <Button
          variant="default"
          disabled={personId.trim() === ""}
          loading={send.isPending}
          onClick={() => send.mutate("remove")}
        >
          Take out again
        </Button>
      </Group>
      <ProblemAlert error={send.error} />
      {send.data === undefined ? null : (
        <div role="status">
          <Text size="sm" fw={600}>
            Segment “{send.data.segment.name}” in {send.data.segment.group}
          </Text>
          <List size="sm">
            {send.data.steps.map(({ name, done, text }) => (
              <List.Item key={name}>
                {done ? "✓" : "✗"} <Marked text={text} />
              </List.Item>
            ))}
          </List>
          {send.data.failure === null ? null : <Advice advice={send.data.failure} />}
          {send.data.left.length === 0 ? null : (
            <Text size="sm">In the test segment now: {send.data.left.join(", ")}</Text>
          )}
        </div>
      )}
    </Stack>
  );
}
