import { Loader, Radio, SimpleGrid, Stack } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { RefObject } from "react";
import { ChoiceCard } from "../../shell/ChoiceCard.tsx";
import { ProblemAlert } from "../../shell/ProblemAlert.tsx";
import { FileChoice } from "../FileChoice.tsx";
import { type Sample, sampleQuery } from "../queries.ts";
import { useFileUpload } from "../use-file-upload.ts";
import { SampleReading } from "./SampleReading.tsx";
import { SampleRows } from "./SampleRows.tsx";
import { StepButtons } from "./StepButtons.tsx";
import { StreamSource } from "./StreamSource.tsx";
import type { StepProps } from "./step-props.ts";

interface Props extends StepProps {
  readonly file: RefObject<File | undefined>;
}

const WAYS = [
  {
    value: "file",
    title: "Upload a file",
    about: "CSV, JSON or Parquet, plain or packed with gzip or zstd.",
  },
  { value: "stream", title: "Receive a stream", about: "Your shop sends rows as they change." },
] as const;

/** Where the rows come from, and what the first of them look like. */
export function SourceStep({ draft, change, onBack, onNext, file }: Props) {
  const queries = useQueryClient();
  const sample = useQuery({ ...sampleQuery(draft.sample), enabled: draft.sample !== "" });
  const upload = useFileUpload<Sample>((taken) => {
    queries.setQueryData(sampleQuery(taken.id).queryKey, taken);
    // A mapping that was saved stands, whatever file it is shown by.
    change({ sample: taken.id, ...(draft.isMapped ? {} : { mapping: null }) });
  });
  const look = (chosen: File) => {
    file.current = chosen;
    const query = new URLSearchParams({ fileName: chosen.name, rows: "20" });
    void upload.send(`/api/v1/samples?${query}`, chosen);
  };
  const canGoOn = sample.data !== undefined && sample.data.error === null && sample.data.columns.length > 0;
  return (
    <Stack gap="lg">
      <Radio.Group
        label="How the rows come"
        maw={760}
        value={draft.source}
        onChange={(value) =>
          change({ source: value === "stream" ? "stream" : "file", sample: "", mapping: null })
        }
      >
        <SimpleGrid cols={{ base: 1, sm: 2 }} mt={6}>
          {WAYS.map(({ value, title, about }) => (
            <ChoiceCard key={value} value={value} chosen={draft.source} title={title} about={about} />
          ))}
        </SimpleGrid>
      </Radio.Group>
      {draft.source === "file" ? (
        <FileChoice
          label={draft.sample === "" ? "Choose a file" : "Choose another file"}
          hint="Nothing is imported yet: first you see what is in it."
          {...upload}
          onFile={look}
          onCancel={upload.cancel}
        />
      ) : (
        <StreamSource draft={draft} change={change} />
      )}
      <ProblemAlert error={sample.error} />
      {draft.sample !== "" && sample.isPending ? (
        <Loader size="sm" role="status" aria-label="Reading the file" />
      ) : null}
      {sample.data === undefined ? null : (
        <>
          <SampleReading sample={sample.data} onChanged={() => change({ mapping: null })} />
          <SampleRows sample={sample.data} />
        </>
      )}
      <StepButtons onBack={onBack} onNext={onNext} canGoOn={canGoOn} />
    </Stack>
  );
}
