import { Alert, Badge, Group, Loader, Stack, Text } from "@mantine/core";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, dataOf } from "../../api/client.ts";
import { ProblemAlert } from "../../shell/ProblemAlert.tsx";
import { Marked } from "../../words/Marked.tsx";
import { counted } from "../../words/number.ts";
import { identifiersQuery, sampleQuery, schemasQuery } from "../queries.ts";
import type { Draft } from "./draft.ts";
import { MappingTable } from "./MappingTable.tsx";
import { type MappedColumn, mappingOf } from "./mapping.ts";
import { StepButtons } from "./StepButtons.tsx";
import type { StepProps } from "./step-props.ts";
import { mappingKey } from "./steps.ts";

async function propose({ id, name, parent, schema, personIdentifier, sample, isSaved }: Draft) {
  // A dataflow that was saved for its stream id has a schema of its id.
  const into = schema !== "" ? schema : isSaved ? id : undefined;
  return dataOf(
    await api.POST("/api/v1/samples/{id}/proposal", {
      params: { path: { id: sample } },
      body: {
        parent,
        id,
        name: name.trim(),
        ...(into === undefined ? {} : { schema: into }),
        ...(personIdentifier === "" ? {} : { personIdentifier }),
      },
    }),
  );
}

/** Which column of the file becomes which column of the schema: proposed with reasons, changed by the person. */
export function MappingStep({ draft, change, onBack, onNext }: StepProps) {
  const { data: schemas } = useSuspenseQuery(schemasQuery);
  const { data: identifiers } = useSuspenseQuery(identifiersQuery);
  const sample = useQuery(sampleQuery(draft.sample));
  const key = mappingKey(draft);
  const isMade = draft.mapping?.madeFor === key;
  const proposal = useQuery({
    queryKey: ["samples", draft.sample, "proposal", key],
    queryFn: () => propose(draft),
    enabled: !isMade,
    gcTime: 0,
  });
  useEffect(() => {
    if (isMade || proposal.data === undefined) return;
    const into = schemas.find(({ id }) => id === (draft.schema === "" ? draft.id : draft.schema));
    const known = draft.schema === "" && !draft.isSaved ? [] : (into?.definition.columns ?? []);
    change({ mapping: mappingOf(proposal.data, key, known) });
  }, [isMade, proposal.data, schemas, draft.schema, draft.id, draft.isSaved, key, change]);
  const { mapping } = draft;
  if (!isMade || mapping === null) {
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
  const changeColumn = (source: string, patch: Partial<MappedColumn>) =>
    change({
      mapping: {
        ...mapping,
        columns: mapping.columns.map((column) =>
          column.source === source ? { ...column, ...patch } : column,
        ),
      },
    });
  const taken = mapping.columns.filter(({ isTaken }) => isTaken);
  const person = mapping.schema.personIdentifier;
  const twice = taken.find(({ target }, at) => taken.findIndex((one) => one.target === target) !== at);
  const isNamed = draft.parent === "Catalog" || taken.some(({ identifier }) => identifier === person);
  return (
    <Stack gap="md">
      <Group gap="sm">
        <Text size="sm">
          {counted(taken.length)} of {counted(mapping.columns.length)} columns are taken.
        </Text>
        {person === undefined ? null : (
          <Badge variant="light" color="teal" c="var(--mantine-color-text)" tt="none" radius="sm">
            Person Identifier: {person}
          </Badge>
        )}
      </Group>
      {isNamed ? null : (
        <Alert
          color="orange"
          title={`No column is the Person Identifier${person === undefined ? "" : ` ${person}`}`}
        >
          Choose it as the identifier of the column by which a row names its person, or choose another Person
          Identifier under General Information.
        </Alert>
      )}
      {twice === undefined ? null : (
        <Alert color="orange" title={`Two columns are called ${twice.target}`}>
          Give one of them another name, or leave it out.
        </Alert>
      )}
      {mapping.notes.length === 0 ? null : (
        <Alert color="blue" title="Worth a look">
          {mapping.notes.map((note) => (
            <Text size="sm" key={note}>
              <Marked text={note} />
            </Text>
          ))}
        </Alert>
      )}
      <MappingTable
        columns={mapping.columns}
        known={mapping.known}
        profiles={sample.data?.columns ?? []}
        identifiers={[
          ...new Set([...identifiers.map(({ id }) => id), ...mapping.identifiers.map(({ id }) => id)]),
        ]}
        hasPeople={draft.parent !== "Catalog"}
        onChange={changeColumn}
      />
      <StepButtons
        onBack={onBack}
        onNext={onNext}
        canGoOn={taken.length > 0 && twice === undefined && isNamed}
      />
    </Stack>
  );
}
