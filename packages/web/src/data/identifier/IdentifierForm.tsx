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
import { ProblemAlert } from "../../shell/ProblemAlert.tsx";
import { plainId } from "../../words/plain-id.ts";
import type { IdentifierRecord } from "../queries.ts";

type Identifier = IdentifierRecord["definition"];
type Step = Identifier["normalise"][number];

const STEPS = (Object.entries(NORMALISATION_WORDS) as [Step, string][]).map(([value, label]) => ({
  value,
  label,
}));

export const NEW_IDENTIFIER: Identifier = {
  kind: "identifier",
  id: "",
  normalise: ["trim"],
  blocked: [],
  priority: 100,
  limit: "many",
  active: true,
};

interface Props {
  readonly start: Identifier;
  /** Ids that others have. */
  readonly taken: ReadonlySet<string>;
  readonly onDone: () => void;
}

/** By what people are recognised: how values are compared, which name nobody, and what outranks what. */
export function IdentifierForm({ start, taken, onDone }: Props) {
  const [identifier, setIdentifier] = useState(start);
  const [name, setName] = useState(start.name ?? start.id);
  const queries = useQueryClient();
  const isNew = start.id === "";
  const change = (patch: Partial<Identifier>) => setIdentifier((before) => ({ ...before, ...patch }));
  const save = useMutation({
    mutationFn: () => {
      const id = isNew ? plainId(name, "identifier", taken) : start.id;
      return api.PUT("/api/v1/definitions/{kind}/{id}", {
        params: { path: { kind: "identifier", id } },
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
    save.mutate();
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
        <ProblemAlert error={save.error} />
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
