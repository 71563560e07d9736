import { Alert, Button, Group, List, Loader, Stack, Text, Title } from "@mantine/core";
import { WRITE_MODE_WORDS } from "@peregrine/core/data-words";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type RefObject, useMemo, useState } from "react";
import { api } from "../../api/client.ts";
import { ProblemAlert } from "../../shell/ProblemAlert.tsx";
import { counted, people } from "../../words/number.ts";
import { CountsSum } from "../CountsSum.tsx";
import { FileChoice } from "../FileChoice.tsx";
import { type Import, sampleQuery, sampleValidationQuery } from "../queries.ts";
import { RefusedTable } from "../RefusedRows.tsx";
import { useFileUpload } from "../use-file-upload.ts";
import { documentsOf } from "./mapping.ts";
import type { StepProps } from "./step-props.ts";

interface Props extends StepProps {
  readonly file: RefObject<File | undefined>;
  readonly forget: () => void;
}

const FEW = 10;

/** What all of the sample would become, as numbers that add up; then the dataflow is saved and the file imported. */
export function ActivateStep({ draft, onBack, file, forget }: Props) {
  const { mapping } = draft;
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [isActive, setActive] = useState(false);
  const sample = useQuery(sampleQuery(draft.sample));
  const documents = useMemo(
    () => (mapping === null ? [] : documentsOf(mapping, { write: draft.write, state: "draft" })),
    [mapping, draft.write],
  );
  const validation = useQuery({
    ...sampleValidationQuery(draft.sample, documents),
    enabled: mapping !== null,
  });
  const toDataflow = async () => {
    await queries.invalidateQueries({ queryKey: ["dataflows"] });
    await navigate({ to: "/dataflows/$id", params: { id: draft.id } });
    forget();
  };
  const upload = useFileUpload<Import>(async ({ id }) => {
    await queries.invalidateQueries({ queryKey: ["imports"] });
    await navigate({ to: "/imports/$id", params: { id } });
    forget();
  });
  const send = (chosen: File) => {
    const query = new URLSearchParams({ fileName: chosen.name });
    void upload.send(`/api/v1/dataflows/${encodeURIComponent(draft.id)}/imports?${query}`, chosen);
  };
  const save = useMutation({
    mutationFn: async (state: "draft" | "active") => {
      if (mapping === null) return state;
      const saved = documentsOf(mapping, { write: draft.write, state });
      await api.POST("/api/v1/apply", { body: { documents: [...saved] } });
      return state;
    },
    onSuccess: async (state) => {
      await queries.invalidateQueries({ queryKey: ["definitions"] });
      if (state === "draft" || draft.source === "stream") return toDataflow();
      setActive(true);
      if (file.current !== undefined) send(file.current);
    },
  });
  if (mapping === null) return null;
  const found = validation.data;
  const name = mapping.dataflow.name ?? draft.id;
  return (
    <Stack gap="lg">
      <ProblemAlert error={validation.error} />
      {validation.isPending ? (
        <Group gap="sm" role="status">
          <Loader size="sm" aria-hidden="true" />
          <Text size="sm">All rows of the sample are looked at …</Text>
        </Group>
      ) : null}
      {found === undefined ? null : (
        <>
          <div>
            <Title order={2} size="h4" mb={4}>
              {draft.parent === "Catalog" ? "What the rows become" : `The rows name ${people(found.people)}`}
            </Title>
            <Text size="sm" c="dimmed" mb="sm">
              {found.more
                ? `By the first ${counted(found.counts.read)} rows; there are more.`
                : "By all rows of the sample. Nothing has been imported yet."}
            </Text>
            <CountsSum counts={found.counts} isForeseen />
          </div>
          {found.tooManyRefused ? (
            <Alert color="red" title="Too many rows would be refused">
              An import with so many refused rows is not taken at all, so that a wrong mapping changes
              nothing. Correct the mapping, or the file.
            </Alert>
          ) : null}
          {found.refused.length === 0 ? null : (
            <Stack gap="xs">
              <Title order={3} size="h5">
                {found.counts.refused > FEW
                  ? `The first of ${counted(found.counts.refused)} refused rows`
                  : "Refused rows"}
              </Title>
              <RefusedTable rows={found.refused.slice(0, FEW)} />
            </Stack>
          )}
          {found.faults.length === 0 ? null : (
            <Alert color="red" role="alert" title="It can’t be activated like this">
              {found.faults.map(({ path, message, remedy }) => (
                <Text size="sm" key={`${path} ${message}`}>
                  {path} {message} {remedy}
                </Text>
              ))}
            </Alert>
          )}
        </>
      )}
      <div>
        <Title order={2} size="h5" mb="xs">
          What is made
        </Title>
        <List size="sm" spacing={4}>
          {mapping.identifiers.length === 0 ? null : (
            <List.Item>
              The identifier{mapping.identifiers.length === 1 ? "" : "s"}{" "}
              <b>{mapping.identifiers.map(({ id }) => id).join(", ")}</b>
            </List.Item>
          )}
          <List.Item>
            {mapping.known.length === 0 ? "A schema" : "New columns of the schema"}{" "}
            <b>{mapping.schema.name ?? mapping.schema.id}</b>
          </List.Item>
          <List.Item>
            The dataflow <b>{name}</b>, write mode {WRITE_MODE_WORDS[draft.write]}
          </List.Item>
          {draft.source === "stream" ? null : (
            <List.Item>
              One import of <b>{sample.data?.fileName ?? "the file"}</b>
            </List.Item>
          )}
        </List>
      </div>
      <ProblemAlert error={save.error} />
      {isActive ? (
        <>
          {file.current === undefined ? (
            <Text size="sm" role="status">
              The dataflow is active. The page was loaded again since the file was chosen, so choose it once
              more to import it.
            </Text>
          ) : null}
          <FileChoice
            label="Choose the file"
            share={upload.share}
            error={upload.error}
            onFile={send}
            onCancel={upload.cancel}
          />
          <Group>
            <Button variant="default" onClick={() => void toDataflow()}>
              Go to the dataflow
            </Button>
          </Group>
        </>
      ) : (
        <Group>
          <Button variant="default" onClick={onBack}>
            Back
          </Button>
          <Button
            loading={save.isPending && save.variables === "active"}
            disabled={found === undefined || found.faults.length > 0}
            onClick={() => save.mutate("active")}
          >
            {draft.source === "stream" ? "Activate" : "Activate and import"}
          </Button>
          <Button
            variant="subtle"
            loading={save.isPending && save.variables === "draft"}
            disabled={found === undefined || found.faults.length > 0}
            onClick={() => save.mutate("draft")}
          >
            Save as a draft
          </Button>
        </Group>
      )}
    </Stack>
  );
}
