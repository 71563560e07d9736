import { Alert, Group, Loader, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, dataOf } from "../../api/client.ts";
import { ButtonLink } from "../../shell/links.tsx";
import { PageTitle } from "../../shell/PageTitle.tsx";
import { ProblemAlert } from "../../shell/ProblemAlert.tsx";
import { isHalfMade } from "../half-made.ts";
import { isSampleThere, latestSample } from "../queries.ts";
import { type Draft, draftOf, dropDraft, keptDraft } from "./draft.ts";

interface Props {
  readonly id: string;
  readonly onRead: (draft: Draft) => void;
}

/** Reads what is there of a dataflow that was left as a draft: from this window, else from the server. */
export function HalfMade({ id, onRead }: Props) {
  const { data, error } = useQuery({
    queryKey: ["dataflows", id, "half-made"],
    queryFn: () => halfMade(id),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  useEffect(() => {
    if (data !== undefined && "draft" in data) onRead(data.draft);
  }, [data, onRead]);
  return (
    <>
      <PageTitle title="Setting up a dataflow" />
      <ProblemAlert error={error} />
      {data !== undefined && "why" in data ? (
        <Alert color="blue" title="There is nothing to go on with" maw={760}>
          <Stack gap="sm">
            <Text size="sm">{data.why}</Text>
            <Group>
              <ButtonLink to="/dataflows/$id" params={{ id }} variant="default" size="xs">
                Go to the dataflow
              </ButtonLink>
            </Group>
          </Stack>
        </Alert>
      ) : null}
      {data === undefined && error === null ? (
        <Loader size="sm" role="status" aria-label="Looking at what is there" />
      ) : null}
    </>
  );
}

async function halfMade(id: string): Promise<{ readonly draft: Draft } | { readonly why: string }> {
  const params = { path: { id } };
  const dataflow = dataOf(await api.GET("/api/v1/dataflows/{id}", { params }));
  if (!isHalfMade(dataflow)) {
    dropDraft(id);
    return {
      why:
        dataflow.origin === "file"
          ? "It stands in a file, and is changed there."
          : "It is set up: rows that come are taken in. Its mapping is changed on its page.",
    };
  }
  const kept = keptDraft(id);
  if (kept !== undefined && (kept.sample === "" || (await isSampleThere(kept.sample))))
    return { draft: kept };
  const streams = dataOf(await api.GET("/api/v1/stream-ids", { params: { query: { dataflow: id } } })).items;
  const isStream = streams.length > 0;
  const sample = await latestSample(id, isStream ? ["drafts", "import"] : ["import"]);
  const found = sample?.id ?? "";
  // What was said of rows that are gone by now stands, and is shown by those that there are.
  return {
    draft: kept === undefined ? draftOf(dataflow, { isStream, sample: found }) : { ...kept, sample: found },
  };
}
