import { Alert, Button, Group, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { ApiProblem } from "../api/client.ts";
import { sessionQuery } from "../session/queries.ts";

/** What went wrong, and what to do. */
export function PageFailure({ error, reset }: Pick<ErrorComponentProps, "error" | "reset">) {
  const router = useRouter();
  const queries = useQueryClient();
  const problem = error instanceof ApiProblem ? error.problem : undefined;
  const isSignedOut = problem?.status === 401;
  const again = async () => {
    if (isSignedOut) queries.removeQueries({ queryKey: sessionQuery.queryKey });
    reset();
    await router.invalidate();
  };
  return (
    <Alert color="red" title={problem?.title ?? "This page could not be shown"} maw={640} m="md">
      <Text size="sm">{error instanceof Error ? error.message : String(error)}</Text>
      {problem === undefined ? null : <Text size="sm">{problem.remedy}</Text>}
      <Group mt="sm">
        <Button size="xs" onClick={() => void again()}>
          {isSignedOut ? "Sign in" : "Try again"}
        </Button>
      </Group>
    </Alert>
  );
}
