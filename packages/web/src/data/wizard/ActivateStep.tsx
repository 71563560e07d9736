import { Button, Group, List, Stack, Text, Title } from "@mantine/core";
import { WRITE_MODE_WORDS } from "@peregrine/core/data-words";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type RefObject, useMemo, useState } from "react";
import { isOvertaken } from "../../api/overtaken.ts";
import { ProblemAlert } from "../../shell/ProblemAlert.tsx";
import { DataflowConflict } from "../DataflowConflict.tsx";
import { FileChoice } from "../FileChoice.tsx";
import { ForeseenRows } from "../mapping/ForeseenRows.tsx";
import { documentsOf } from "../mapping/mapping.ts";
import { saveMapping } from "../mapping/save-mapping.ts";
import { type Import, sampleQuery, sampleValidationQuery } from "../queries.ts";
import { useFileUpload } from "../use-file-upload.ts";
import { isActivated, savedAs } from "./draft.ts";
import type { StepProps } from "./step-props.ts";

interface Props extends StepProps {
  readonly file: RefObject<File | undefined>;
  readonly forget: () => void;
}

interface Save {
  readonly state: "draft" | "active";
  /** The version that is saved over. */
  readonly over: number;
}

/** What all of the sample would become, as numbers that add up; then the dataflow is saved and the file imported. */
export function ActivateStep({ draft, change, onBack, file, forget }: Props) {
  const { mapping } = draft;
  const queries = useQueryClient();
  const navigate = useNavigate();
  // The browser keeps no file over a reload.
  const [chosen, setChosen] = useState(file.current);
  const isStream = draft.source === "stream";
  const isMissing = !isStream && chosen === undefined;
  const sample = useQuery(sampleQuery(draft.sample));
  const documents = useMemo(
    () => (mapping === null ? [] : documentsOf(mapping, savedAs(draft, "draft"))),
    [mapping, draft],
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
  const choose = (picked: File) => {
    file.current = picked;
    setChosen(picked);
  };
  const send = (picked: File) => {
    choose(picked);
    const query = new URLSearchParams({ fileName: picked.name });
    void upload.send(`/api/v1/dataflows/${encodeURIComponent(draft.id)}/imports?${query}`, picked);
  };
  const save = useMutation({
    mutationFn: async ({ state, over }: Save) => {
      if (mapping !== null) {
        const as = { ...savedAs(draft, state), version: over };
        const { definition, version } = await saveMapping(mapping, as);
        change({ saved: { definition, version }, isMapped: true });
      }
      return state;
    },
    onSuccess: async (state) => {
      await queries.invalidateQueries({ queryKey: ["definitions"] });
      if (state === "draft" || isStream || file.current === undefined) return toDataflow();
      send(file.current);
    },
  });
  if (mapping === null) return null;
  const found = validation.data;
  return (
    <Stack gap="lg">
      <ProblemAlert error={validation.error} />
      {validation.error === null ? (
        <ForeseenRows
          found={found}
          hasPeople={draft.parent !== "Catalog"}
          faultTitle="It can’t be activated like this"
        />
      ) : null}
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
            The dataflow <b>{draft.name.trim()}</b>, write mode {WRITE_MODE_WORDS[draft.write]}
          </List.Item>
          {isStream ? null : <List.Item>{importOf(chosen?.name, sample.data?.fileName)}</List.Item>}
        </List>
      </div>
      {isOvertaken(save.error) && draft.saved !== null ? (
        <DataflowConflict
          id={draft.id}
          began={draft.saved}
          error={save.error}
          onSaveOver={({ version }) =>
            save.mutate({ state: save.variables?.state ?? "draft", over: version })
          }
          onTakeTheirs={forget}
        />
      ) : (
        <ProblemAlert error={save.error} />
      )}
      {isMissing && !isActivated(draft) ? (
        <Stack gap="xs">
          <Text size="sm" role="note" aria-label="The file is missing">
            The browser keeps the file only as long as this page is open. Choose it once more to have it
            imported.
          </Text>
          <FileChoice
            label="Choose the file again"
            share={undefined}
            error={undefined}
            onFile={choose}
            onCancel={upload.cancel}
          />
        </Stack>
      ) : null}
      {isActivated(draft) ? (
        <>
          <Text size="sm" role="status">
            The dataflow is active.{" "}
            {upload.share !== undefined
              ? "The file is being sent."
              : upload.error === undefined
                ? "The file is not imported yet."
                : "The file didn’t arrive for certain."}
          </Text>
          <FileChoice
            label="Choose the file again"
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
            variant={isMissing ? "default" : "filled"}
            loading={save.isPending && save.variables.state === "active"}
            disabled={found === undefined || found.faults.length > 0}
            onClick={() => save.mutate({ state: "active", over: draft.saved?.version ?? 0 })}
          >
            {isStream ? "Activate" : isMissing ? "Activate without importing" : "Activate and import"}
          </Button>
          <Button
            variant="subtle"
            loading={save.isPending && save.variables.state === "draft"}
            disabled={found === undefined || found.faults.length > 0}
            onClick={() => save.mutate({ state: "draft", over: draft.saved?.version ?? 0 })}
          >
            Save as a draft
          </Button>
        </Group>
      )}
    </Stack>
  );
}

/** What is imported, and whether that is what was looked at. */
function importOf(chosen: string | undefined, lookedAt = "the file") {
  if (chosen === undefined) {
    return (
      <>
        No import yet: <b>{lookedAt}</b> has to be chosen once more
      </>
    );
  }
  return (
    <>
      One import of <b>{chosen}</b>
      {chosen === lookedAt ? "" : `; the numbers above are those of ${lookedAt}`}
    </>
  );
}
