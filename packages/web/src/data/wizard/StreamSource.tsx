import { Button, Group, Loader, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, dataOf } from "../../api/client.ts";
import { ProblemAlert } from "../../shell/ProblemAlert.tsx";
import { identifiersQuery, latestSample, sampleQuery, schemasQuery } from "../queries.ts";
import { StreamIdShown } from "../StreamIdShown.tsx";
import type { StepProps } from "./step-props.ts";
import { streamDraft } from "./stream-draft.ts";

const POLL_MS = 3_000;

/** Makes a stream id for a dataflow that is a draft, and waits for the first rows, which are only looked at. */
export function StreamSource({ draft, change }: Pick<StepProps, "draft" | "change">) {
  const { data: identifiers } = useSuspenseQuery(identifiersQuery);
  const { data: schemas } = useSuspenseQuery(schemasQuery);
  const queries = useQueryClient();
  const isSaved = draft.saved !== null;
  const make = useMutation({
    mutationFn: async () => {
      if (!isSaved) {
        const schema = schemas.find(({ id }) => id === draft.schema)?.definition;
        const known = new Set(identifiers.map(({ id }) => id));
        const versions = [{ kind: "dataflow" as const, id: draft.id, version: 0 }];
        const documents = [...streamDraft(draft, known, schema)];
        await api.POST("/api/v1/apply", { body: { documents, versions } });
      }
      const params = { path: { id: draft.id } };
      if (!isSaved) {
        const { definition, version } = dataOf(await api.GET("/api/v1/dataflows/{id}", { params }));
        change({ saved: { definition, version }, isMapped: false, step: "source" });
      }
      return dataOf(
        await api.POST("/api/v1/dataflows/{id}/stream-ids", { params, body: { name: "stream" } }),
      );
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ["dataflows"] }),
  });
  const drafts = useQuery({
    queryKey: ["dataflows", draft.id, "drafts"],
    queryFn: async () => (await latestSample(draft.id, ["drafts"])) ?? null,
    enabled: isSaved && draft.sample === "",
    refetchInterval: POLL_MS,
    gcTime: 0,
  });
  useEffect(() => {
    if (draft.sample !== "" || drafts.data === undefined || drafts.data === null) return;
    queries.setQueryData(sampleQuery(drafts.data.id).queryKey, drafts.data);
    change({ sample: drafts.data.id });
  }, [drafts.data, draft.sample, change, queries]);
  return (
    <Stack gap="md" maw={760}>
      {make.data === undefined ? (
        <Group>
          <Button onClick={() => make.mutate()} loading={make.isPending}>
            {isSaved ? "Make another stream id" : "Make a stream id"}
          </Button>
          <Text size="sm" c="dimmed">
            {isSaved
              ? "The one that there is was shown once, and can’t be shown again."
              : "The dataflow is kept as a draft, so that nothing is imported yet."}
          </Text>
        </Group>
      ) : (
        <StreamIdShown made={make.data} draft />
      )}
      <ProblemAlert error={make.error} />
      {isSaved && draft.sample === "" ? (
        <Group gap="sm" wrap="nowrap" role="status">
          <Loader size="xs" aria-hidden="true" />
          <Text size="sm">
            Waiting for the first rows. Send some as drafts, from Ibexa with{" "}
            <code>php bin/console ibexa:cdp:stream-user-data --draft</code>; they appear here by themselves.
          </Text>
        </Group>
      ) : null}
      {draft.sample === "" ? null : (
        <Group>
          <Button variant="default" onClick={() => change({ sample: "" })}>
            Look at the latest rows
          </Button>
        </Group>
      )}
    </Stack>
  );
}
