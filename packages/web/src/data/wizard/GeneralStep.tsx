import { Radio, Select, SimpleGrid, Stack, TextInput } from "@mantine/core";
import { PARENT_WORDS, WRITE_MODE_WORDS } from "@peregrine/core/data-words";
import { useSuspenseQuery } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { ChoiceCard } from "../../shell/ChoiceCard.tsx";
import { plainId } from "../../words/plain-id.ts";
import { dataflowsQuery, identifiersQuery, schemasQuery } from "../queries.ts";
import type { Parent, WriteMode } from "./draft.ts";
import { StepButtons } from "./StepButtons.tsx";
import type { StepProps } from "./step-props.ts";

const ABOUT_PARENTS: Readonly<Record<Parent, string>> = {
  PersonalData: "A row is a person: the users of your shop, newsletter readers, members.",
  Interaction: "A row is something that happened: an order, a visit, a click.",
  Catalog: "A row is a product or an article. It names nobody.",
};
const ABOUT_WRITES: Readonly<Record<WriteMode, string>> = {
  append: "What comes is added, and updates what is there.",
  overwrite: "Every file is complete and replaces what came before.",
};
const PARENTS = Object.keys(ABOUT_PARENTS) as Parent[];
const WRITES = Object.keys(ABOUT_WRITES) as WriteMode[];

/** What the dataflow is called, what its rows are, and by which identifier they name people. */
export function GeneralStep({ draft, change, onNext }: Pick<StepProps, "draft" | "change" | "onNext">) {
  const { data: dataflows } = useSuspenseQuery(dataflowsQuery);
  const { data: schemas } = useSuspenseQuery(schemasQuery);
  const { data: identifiers } = useSuspenseQuery(identifiersQuery);
  // What the rows are is settled by the schema, which is there then.
  const isSaved = draft.saved !== null;
  const fitting = schemas.filter(({ definition }) => definition.parent === draft.parent);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const taken = new Set([
      ...dataflows.map(({ definition }) => definition.id),
      ...schemas.map(({ id }) => id),
    ]);
    change({
      name: draft.name.trim(),
      ...(isSaved ? {} : { id: plainId(draft.name, "dataflow", taken) }),
    });
    onNext();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="lg" maw={760}>
        <TextInput
          label="Name"
          description="Where the rows come from, such as “Ibexa users” or “Shop orders”"
          required
          maxLength={200}
          autoFocus
          maw={480}
          value={draft.name}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <Radio.Group
          label="What the rows are"
          description={
            isSaved ? "Settled, as the schema is: for rows of another kind, make another dataflow" : undefined
          }
          value={draft.parent}
          onChange={(value) =>
            change({ parent: PARENTS.find((one) => one === value) ?? draft.parent, schema: "" })
          }
        >
          <SimpleGrid cols={{ base: 1, sm: 3 }} mt={6}>
            {PARENTS.map((parent) => (
              <ChoiceCard
                key={parent}
                value={parent}
                chosen={draft.parent}
                title={PARENT_WORDS[parent]}
                about={ABOUT_PARENTS[parent]}
                disabled={isSaved}
              />
            ))}
          </SimpleGrid>
        </Radio.Group>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Select
            label="Schema"
            description="Which columns your data has"
            allowDeselect={false}
            disabled={isSaved}
            data={[
              { value: "", label: draft.schema === "" && isSaved ? "Its own" : "Make a new one" },
              ...fitting.map(({ id, definition }) => ({ value: id, label: definition.name ?? id })),
            ]}
            value={draft.schema}
            onChange={(value) => change({ schema: value ?? "" })}
          />
          {draft.parent === "Catalog" ? null : (
            <Select
              label="Person Identifier"
              description="By what a row names its person"
              allowDeselect={false}
              disabled={isSaved || draft.schema !== ""}
              data={[
                {
                  value: "",
                  label: draft.schema === "" ? "As it is found in the file" : "As the schema says",
                },
                ...new Set(["userid", ...identifiers.map(({ id }) => id)]),
              ]}
              value={draft.schema === "" ? draft.personIdentifier : ""}
              onChange={(value) => change({ personIdentifier: value ?? "" })}
            />
          )}
        </SimpleGrid>
        <Radio.Group
          label="Write mode"
          value={draft.write}
          onChange={(value) => change({ write: WRITES.find((one) => one === value) ?? draft.write })}
        >
          <SimpleGrid cols={{ base: 1, sm: 2 }} mt={6}>
            {WRITES.map((write) => (
              <ChoiceCard
                key={write}
                value={write}
                chosen={draft.write}
                title={WRITE_MODE_WORDS[write]}
                about={ABOUT_WRITES[write]}
              />
            ))}
          </SimpleGrid>
        </Radio.Group>
        <StepButtons canGoOn={draft.name.trim() !== ""} />
      </Stack>
    </form>
  );
}
