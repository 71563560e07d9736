import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "../api/client.ts";
import { useMayEdit } from "../session/use-may-edit.ts";
import { AnchorLink } from "../shell/links.tsx";
import { ProblemAlert } from "../shell/ProblemAlert.tsx";
import { people } from "../words/number.ts";
import { holdsQuery, refreshActivation } from "./queries.ts";

/** Removals that the guard holds: who would go, why, and the decision. */
export function HeldRemovals({ id }: { readonly id: string }) {
  const { data: holds = [] } = useQuery(holdsQuery(id));
  const queries = useQueryClient();
  const mayEdit = useMayEdit();
  const decide = useMutation({
    mutationFn: ({ audience, ...body }: { audience: string; hold: number; decision: "approve" | "leave" }) =>
      api.POST("/api/v1/activations/{id}/audiences/{audience}/hold", {
        params: { path: { id, audience } },
        body,
      }),
    onSettled: () => refreshActivation(queries, id),
  });
  const waiting = holds.filter(({ state }) => state === "waiting");
  return (
    <>
      <ProblemAlert error={decide.error} />
      {waiting.map(({ id: hold, audienceId, audienceName, people: count, reasons }) => (
        <Alert key={hold} color="orange" mb="md" role="status">
          <Stack gap="xs">
            <Text size="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
              {people(count)} would be taken out of “{audienceName}”: is that right?
            </Text>
            {reasons.map(({ kind, sentence }) => (
              <Text size="sm" key={kind}>
                {sentence}
              </Text>
            ))}
            <Group gap="sm">
              <AnchorLink
                size="sm"
                c="inherit"
                underline="always"
                to="/activations/$id/people"
                params={{ id }}
                search={{ audience: audienceId, state: "leavingHeld" }}
              >
                See who would go
              </AnchorLink>
              {mayEdit ? (
                <>
                  <Button
                    size="xs"
                    loading={decide.isPending}
                    onClick={() => decide.mutate({ audience: audienceId, hold, decision: "approve" })}
                  >
                    Take them out
                  </Button>
                  <Button
                    size="xs"
                    variant="default"
                    loading={decide.isPending}
                    onClick={() => decide.mutate({ audience: audienceId, hold, decision: "leave" })}
                  >
                    Leave them in
                  </Button>
                </>
              ) : null}
            </Group>
          </Stack>
        </Alert>
      ))}
    </>
  );
}
