import { Loader, Stack, Text, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { ApiProblem, api } from "../../api/client.ts";
import { ProblemAlert } from "../../shell/ProblemAlert.tsx";
import { FileChoice } from "../FileChoice.tsx";
import { latestSample, type Sample, sampleQuery } from "../queries.ts";
import { useFileUpload } from "../use-file-upload.ts";
import type { MappingEdit } from "./kept-edit.ts";

interface Props extends Pick<MappingEdit, "began" | "sample"> {
  readonly onSample: (sample: string) => void;
}

/** By which rows the mapping is shown: those that came last, or those of a file that is only looked at. */
export function LookedAtRows({ began: { definition }, sample, onSample }: Props) {
  const { id, source } = definition;
  const queries = useQueryClient();
  const latest = useQuery({
    queryKey: ["dataflows", id, "latest-sample"],
    queryFn: async () => (await latestSample(id, ["import", "drafts"])) ?? null,
    enabled: sample === "",
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const shown = useQuery({ ...sampleQuery(sample), enabled: sample !== "", retry: false });
  // Samples are kept for a day.
  const isGone = shown.error instanceof ApiProblem && shown.error.problem.code === "notFound";
  useEffect(() => {
    if (sample !== "" && isGone) onSample("");
    if (sample === "" && latest.data !== undefined && latest.data !== null) {
      queries.setQueryData(sampleQuery(latest.data.id).queryKey, latest.data);
      onSample(latest.data.id);
    }
  }, [sample, isGone, latest.data, onSample, queries]);
  const upload = useFileUpload<Sample>(async (taken) => {
    // It is read as the dataflow will read it.
    const params = { path: { id: taken.id }, query: { rows: 20 } };
    await api.PUT("/api/v1/samples/{id}/source", { params, body: source });
    onSample(taken.id);
  });
  const look = (file: File) => {
    const query = new URLSearchParams({ fileName: file.name, rows: "20" });
    void upload.send(`/api/v1/samples?${query}`, file);
  };
  const { data } = shown;
  return (
    <Stack gap="sm" component="section" aria-label="Rows to look at">
      <Title order={2} size="h4">
        Rows to look at
      </Title>
      {data === undefined ? null : (
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          {data.kept ? "The mapping is shown by rows that have come" : "The mapping is shown by a file"}:{" "}
          <b>{data.fileName}</b>
        </Text>
      )}
      {sample === "" && latest.data === null ? (
        <Text size="sm">
          No rows are kept that could be looked at. Choose a file as it usually comes, to see what the mapping
          makes of it.
        </Text>
      ) : null}
      {(sample === "" && latest.isFetching) || (sample !== "" && shown.isPending) ? (
        <Loader size="sm" role="status" aria-label="Looking for rows" />
      ) : null}
      {data?.error == null ? null : <Text size="sm">{data.error.detail}</Text>}
      <ProblemAlert error={latest.error ?? (isGone ? null : shown.error)} />
      <FileChoice
        label="Look at a file"
        hint="It is only looked at, and not imported; what you have changed stays."
        isAside={data !== undefined}
        share={upload.share}
        error={upload.error}
        onFile={look}
        onCancel={upload.cancel}
      />
    </Stack>
  );
}
