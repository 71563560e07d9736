import { Button, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect } from "react";
import { api, dataOf } from "../../api/client.ts";
import { isOvertaken } from "../../api/overtaken.ts";
import { ButtonLink } from "../../shell/links.tsx";
import { ProblemAlert } from "../../shell/ProblemAlert.tsx";
import { DataflowConflict } from "../DataflowConflict.tsx";
import {
  type DataflowStanding,
  dataflowQuery,
  sampleQuery,
  sampleValidationQuery,
  schemasQuery,
} from "../queries.ts";
import { ColumnMapping } from "./ColumnMapping.tsx";
import { ExpressionEditor } from "./ExpressionEditor.tsx";
import { ForeseenRows } from "./ForeseenRows.tsx";
import { type MappingEdit, useMappingEdit } from "./kept-edit.ts";
import { LookedAtRows } from "./LookedAtRows.tsx";
import {
  documentsOf,
  frameOf,
  gapsOf,
  isSameMapping,
  type Mapping,
  mappingOf,
  type SavedAs,
} from "./mapping.ts";
import { saveMapping } from "./save-mapping.ts";
import { useMappingPreview } from "./use-mapping-preview.ts";

type Definition = DataflowStanding["definition"];
type Saved = MappingEdit["began"];

/** Changes a dataflow's mapping, with what it makes of rows that have come; nothing is saved before Save. */
export function MappingEditor({ dataflow }: { readonly dataflow: DataflowStanding }) {
  const { id } = dataflow.definition;
  const { edit, change, begin, forget } = useMappingEdit(dataflow);
  const { began, sample, mapping } = edit;
  const as = asOf(began.definition);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const proposal = useColumns(edit, change);
  const shown = useQuery({ ...sampleQuery(sample), enabled: sample !== "" });
  // Examples that come later would move what somebody is about to press.
  const isAwaited = sample !== "" && shown.isPending;
  const isLooking = isAwaited || proposal.isPending;
  const preview = useMappingPreview(sample, mapping, as);
  const isSame = mapping !== null && isSameMapping(mappedBy(mapping, as), began.definition);
  const validation = useQuery({
    ...sampleValidationQuery(sample, preview.documents),
    enabled: preview.isSound,
  });
  const save = useMutation({
    mutationFn: async (over: Saved) => {
      if (mapping === null) return;
      const framed = { ...mapping, dataflow: frameOf(over.definition) };
      await saveMapping(framed, { ...asOf(over.definition), version: over.version });
      await Promise.all([
        queries.invalidateQueries({ queryKey: ["definitions"] }),
        queries.invalidateQueries({ queryKey: ["dataflows"] }),
      ]);
      await navigate({ to: "/dataflows/$id", params: { id }, search: { tab: "mapping" } });
      forget();
    },
    onError: () => queries.invalidateQueries({ queryKey: dataflowQuery(id).queryKey }),
  });
  // Whoever pauses it meanwhile has changed nothing of the mapping: that is kept, and nobody has to decide.
  const isUntouched = isSameMapping(dataflow.definition, began.definition);
  const onSample = useCallback((chosen: string) => change({ sample: chosen }), [change]);
  const gaps = mapping === null ? undefined : gapsOf(mapping);
  const isWhole = gaps !== undefined && gaps.taken > 0 && gaps.twice === undefined && gaps.isNamed;
  const update = (patch: Partial<Mapping>) =>
    mapping === null ? undefined : change({ mapping: { ...mapping, ...patch } });
  return (
    <Stack gap="xl">
      <LookedAtRows began={began} sample={sample} onSample={onSample} />
      <ProblemAlert error={proposal.error} />
      {isLooking ? <Loader size="sm" role="status" aria-label="Looking at the columns" /> : null}
      {mapping === null || isAwaited ? null : (
        <>
          <Stack gap="sm" component="section" aria-label="Columns">
            <Title order={2} size="h4">
              Columns
            </Title>
            <ColumnMapping mapping={mapping} profiles={shown.data?.columns ?? []} update={update} />
          </Stack>
          <Stack gap="sm" component="section" aria-label="Expressions">
            <Title order={2} size="h4">
              Expressions
            </Title>
            <ExpressionEditor mapping={mapping} preview={preview} update={update} />
          </Stack>
          {preview.isSound ? (
            <ForeseenRows
              found={validation.data}
              hasPeople={mapping.schema.parent !== "Catalog"}
              faultTitle="It can’t be saved like this"
            />
          ) : null}
          <ProblemAlert error={validation.error} />
          {isOvertaken(save.error) ? (
            <DataflowConflict
              id={id}
              began={began}
              error={save.error}
              onSaveOver={(theirs) => save.mutate(theirs)}
              onTakeTheirs={(theirs) => {
                begin(theirs);
                save.reset();
              }}
            />
          ) : (
            <ProblemAlert error={save.error} />
          )}
          <Group>
            <Button
              loading={save.isPending}
              disabled={!preview.isSound || !isWhole || isSame}
              onClick={() => save.mutate(isUntouched ? dataflow : began)}
            >
              Save
            </Button>
            <ButtonLink to="/dataflows/$id" params={{ id }} search={{ tab: "mapping" }} variant="default">
              Back to the dataflow
            </ButtonLink>
            {isSame ? null : (
              <Button variant="subtle" onClick={() => begin(dataflow)}>
                Drop my changes
              </Button>
            )}
            <Text size="sm" c="dimmed" role="status">
              {isSame
                ? "Nothing is changed."
                : "Your changes are not saved yet; this window alone keeps them."}
            </Text>
          </Group>
        </>
      )}
    </Stack>
  );
}

/** What becomes of the sample's columns by the mapping as it is now; asked for where other rows are looked at. */
function useColumns({ began, sample, mapping }: MappingEdit, change: (patch: Partial<MappingEdit>) => void) {
  const { data: schemas } = useSuspenseQuery(schemasQuery);
  const isMade = mapping?.madeFor === sample;
  const documents = mapping === null ? [began.definition] : documentsOf(mapping, asOf(began.definition));
  const isAsked = sample !== "" && !isMade;
  const { data, error, isPending } = useQuery({
    queryKey: ["samples", sample, "proposal", documents],
    queryFn: async () =>
      dataOf(
        await api.POST("/api/v1/samples/{id}/proposal", {
          params: { path: { id: sample } },
          body: { documents: [...documents] },
        }),
      ),
    enabled: isAsked,
    gcTime: 0,
  });
  useEffect(() => {
    if (!isAsked || data === undefined) return;
    const known = schemas.find(({ id }) => id === began.definition.schema)?.definition.columns ?? [];
    change({ mapping: mappingOf(data, sample, known) });
  }, [isAsked, data, schemas, began, sample, change]);
  return { error, isPending: isAsked && isPending };
}

function asOf({ name, write, state }: Definition): SavedAs {
  return { name, write, state };
}

/** What of the dataflow the mapping is, as it would be saved. */
function mappedBy(mapping: Mapping, as: SavedAs): Partial<Definition> {
  const dataflow: Partial<Definition> = documentsOf(mapping, as).at(-1) ?? {};
  return dataflow;
}
