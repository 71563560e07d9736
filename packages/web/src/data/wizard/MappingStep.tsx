import { Loader, Stack } from "@mantine/core";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, dataOf } from "../../api/client.ts";
import { ProblemAlert } from "../../shell/ProblemAlert.tsx";
import { ColumnMapping } from "../mapping/ColumnMapping.tsx";
import { documentsOf, gapsOf, type Mapping, mappingOf } from "../mapping/mapping.ts";
import { sampleQuery, schemasQuery } from "../queries.ts";
import { type Draft, savedAs } from "./draft.ts";
import { StepButtons } from "./StepButtons.tsx";
import type { StepProps } from "./step-props.ts";
import { isMadeByOtherRows, mappingKey } from "./steps.ts";

async function propose(draft: Draft) {
  const { id, name, parent, personIdentifier, sample, saved, isMapped } = draft;
  const standing = standingOf(draft);
  const documents =
    standing !== undefined
      ? documentsOf(standing, savedAs(draft, "draft"))
      : saved !== null && isMapped
        ? [saved.definition]
        : undefined;
  const into = schemaOf(draft);
  return dataOf(
    await api.POST("/api/v1/samples/{id}/proposal", {
      params: { path: { id: sample } },
      body: {
        parent,
        id,
        name: name.trim(),
        ...(into === "" ? {} : { schema: into }),
        ...(personIdentifier === "" ? {} : { personIdentifier }),
        ...(documents === undefined ? {} : { documents: [...documents] }),
      },
    }),
  );
}

/** What was made by other rows and stands. */
function standingOf(draft: Draft): Mapping | undefined {
  const { mapping } = draft;
  return mapping !== null && isMadeByOtherRows(mapping, draft) ? mapping : undefined;
}

/** The schema that is there; empty: it is made. A dataflow that was saved for its stream id has one of its id. */
function schemaOf({ id, schema, saved }: Draft): string {
  return schema === "" && saved !== null ? id : schema;
}

/** Which column of the file becomes which column of the schema: proposed with reasons, changed by the person. */
export function MappingStep({ draft, change, onBack, onNext }: StepProps) {
  const { data: schemas } = useSuspenseQuery(schemasQuery);
  const sample = useQuery(sampleQuery(draft.sample));
  const key = mappingKey(draft);
  const into = schemaOf(draft);
  const isMade = draft.mapping?.madeFor === key;
  const proposal = useQuery({
    queryKey: ["samples", draft.sample, "proposal", key],
    queryFn: () => propose(draft),
    enabled: !isMade,
    gcTime: 0,
  });
  useEffect(() => {
    if (isMade || proposal.data === undefined) return;
    const known = schemas.find(({ id }) => id === into)?.definition.columns ?? [];
    const made = mappingOf(proposal.data, key, known);
    const standing = standingOf(draft);
    change({ mapping: standing === undefined ? made : { ...made, identifiers: standing.identifiers } });
  }, [isMade, proposal.data, schemas, into, key, draft, change]);
  const { mapping } = draft;
  // Examples that come later would move what somebody is about to press.
  if (!isMade || mapping === null || sample.isPending) {
    return (
      <Stack>
        {proposal.error === null ? (
          <Loader size="sm" role="status" aria-label="Looking at the columns" />
        ) : (
          <ProblemAlert error={proposal.error} />
        )}
        <StepButtons onBack={onBack} onNext={onNext} canGoOn={false} />
      </Stack>
    );
  }
  const { taken, twice, isNamed } = gapsOf(mapping);
  return (
    <Stack gap="md">
      <ColumnMapping
        mapping={mapping}
        profiles={sample.data?.columns ?? []}
        {...(draft.saved !== null || draft.schema !== ""
          ? {}
          : { otherwise: "or choose another Person Identifier under General Information" })}
        update={(patch) => change({ mapping: { ...mapping, ...patch } })}
      />
      <StepButtons onBack={onBack} onNext={onNext} canGoOn={taken > 0 && twice === undefined && isNamed} />
    </Stack>
  );
}
