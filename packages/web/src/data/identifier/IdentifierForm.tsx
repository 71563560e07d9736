import {
  Button,
  Group,
  MultiSelect,
  NumberInput,
  Radio,
  Stack,
  Switch,
  TagsInput,
  TextInput,
} from "@mantine/core";
import { LIMIT_WORDS, NORMALISATION_WORDS } from "@peregrine/core/data-words";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, faultAt } from "../../api/client.ts";
import { isOvertaken } from "../../api/overtaken.ts";
import { ProblemAlert } from "../../shell/ProblemAlert.tsx";
import { plainId } from "../../words/plain-id.ts";
import type { IdentifierRecord } from "../queries.ts";
import { IdentifierConflict } from "./IdentifierConflict.tsx";

type Identifier = IdentifierRecord["definition"];
type Step = Identifier["normalise"][number];

const STEPS = (Object.entries(NORMALISATION_WORDS) as [Step, string][]).map(([value, label]) => ({
  value,
  label,
}));

type Began = Pick<IdentifierRecord, "definition" | "version">;

export const NEW_IDENTIFIER: Began = {
  definition: {
    kind: "identifier",
    id: "",
    normalise: ["trim"],
    blocked: [],
    priority: 100,
    limit: "many",
    active: true,
  },
  version: 0,
};

interface Props {
  /** As it is when the form opens; what others save meanwhile is told, not overwritten. */
  readonly start: Began;
  /** Ids that others have. */
  readonly taken: ReadonlySet<string>;
  readonly onDone: () => void;
}

/** By what people are recognised: how values are compared, which name nobody, and what outranks what. */
export function IdentifierForm({ start, taken, onDone }: Props) {
  const [began, setBegan] = useState(start);
  const [identifier, setIdentifier] = useState(began.definition);
  const [name, setName] = useState(identifier.name ?? identifier.id);
  const queries = useQueryClient();
  const isNew = began.version === 0;
  const change = (patch: Partial<Identifier>) => setIdentifier((before) => ({ ...before, ...patch }));
  const save = useMutation({
    mutationFn: (over: number) => {
      const id = isNew ? plainId(name, "identifier", taken) : began.definition.id;
      return api.PUT("/api/v1/definitions/{kind}/{id}", {
        params: { path: { kind: "identifier", id }, query: { version: over } },
        body: { ...identifier, id, name: name.trim() },
      });
    },
    onSuccess: async () => {
      await Promise.all([
        queries.invalidateQueries({ queryKey: ["definitions"] }),
        queries.invalidateQueries({ queryKey: ["identifiers"] }),
      ]);
      onDone();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(began.version);
  };
  const take = (theirs: IdentifierRecord) => {
    setBegan(theirs);
    setIdentifier(theirs.definition);
    setName(theirs.definition.name ?? theirs.id);
    save.reset();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md" maw={560}>
        <TextInput
          label="Name"
          required
          maxLength={200}
          value={name}
          error={faultAt(save.error, "/name") ?? faultAt(save.error, "/id")}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <MultiSelect
          label="Values are compared"
          description="Applied in this order"
          data={STEPS}
          value={[...identifier.normalise]}
          error={faultAt(save.error, "/normalise")}
          onChange={(chosen) =>
            change({
              normalise: chosen.flatMap((value) => STEPS.find((step) => step.value === value)?.value ?? []),
            })
          }
        />
        <Radio.Group
          label="How many values a person has"
          description="An activation needs an identifier of which a person has one"
          value={identifier.limit}
          onChange={(value) => change({ limit: value === "one" ? "one" : "many" })}
        >
          <Group mt="xs">
            <Radio value="one" label={LIMIT_WORDS.one} />
            <Radio value="many" label={LIMIT_WORDS.many} />
          </Group>
        </Radio.Group>
        <NumberInput
          label="Priority"
          description="Where a row has several identifiers, the highest decides whose row it is"
          min={0}
          max={1_000_000}
          allowDecimal={false}
          value={identifier.priority}
          error={faultAt(save.error, "/priority")}
          onChange={(value) => change({ priority: Number(value) })}
        />
        <TagsInput
          label="Blocked values"
          description="They name nobody, such as 0 or anonymous; press Enter after each"
          value={[...identifier.blocked]}
          error={faultAt(save.error, "/blocked")}
          onChange={(blocked) => change({ blocked })}
        />
        {isNew ? null : (
          <Switch
            label="Active"
            description="A deactivated identifier links no new rows; what it has linked stays"
            checked={identifier.active}
            onChange={(event) => change({ active: event.currentTarget.checked })}
          />
        )}
        {isOvertaken(save.error) && !isNew ? (
          <IdentifierConflict
            began={began}
            error={save.error}
            onSaveOver={({ version }) => save.mutate(version)}
            onTakeTheirs={take}
          />
        ) : (
          <ProblemAlert error={save.error} />
        )}
        <Group>
          <Button type="submit" loading={save.isPending} disabled={name.trim() === ""}>
            Save
          </Button>
          <Button variant="default" onClick={onDone}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
