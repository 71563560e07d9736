import { Button, Group, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { identifierProfilesQuery, identifiersQuery } from "../../data/queries.ts";
import { counted } from "../../words/number.ts";
import { exampleIdsQuery } from "../queries.ts";
import type { Draft } from "./draft.ts";
import { IdentifierNotice } from "./IdentifierNotice.tsx";

interface Props {
  readonly draft: Draft;
  readonly change: (patch: Partial<Draft>) => void;
  readonly onNext: () => void;
}

/** Ibexa recognises people by this identifier alone. */
const REQUIRED = "userid";

/** Name, description, and by which identifier Ibexa recognises people. */
export function GeneralStep({ draft, change, onNext }: Props) {
  const { data: identifiers } = useSuspenseQuery(identifiersQuery);
  const { data: found } = useQuery(identifierProfilesQuery(REQUIRED));
  const { data: examples = [] } = useQuery({
    ...exampleIdsQuery(REQUIRED),
    enabled: (found?.withIdentifier ?? 0) > 0,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onNext();
  };
  const ids = new Set([REQUIRED, ...identifiers.map(({ id }) => id)]);
  return (
    <form onSubmit={submit}>
      <Stack gap="md" mt="md" maw={560}>
        <TextInput
          label="Name"
          required
          maxLength={200}
          autoFocus
          value={draft.name}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <Textarea
          label="Description"
          description="Optional"
          autosize
          minRows={2}
          maxLength={2000}
          value={draft.description}
          onChange={(event) => change({ description: event.currentTarget.value })}
        />
        <Select
          label="Person Identifier"
          required
          allowDeselect={false}
          data={[...ids].map((id) => ({ value: id, label: id, disabled: id !== REQUIRED }))}
          value={draft.personIdentifier}
          onChange={(value) => change({ personIdentifier: value ?? REQUIRED })}
          description="userid is the id of the user in Ibexa DXP; Ibexa recognises people only by it."
        />
        {found === undefined ? null : (
          <Text size="sm">
            {counted(found.withIdentifier)} of {counted(found.profiles)} profiles have a {REQUIRED}
            {examples.length === 0 ? "" : `, such as ${examples.join(", ")}`}
          </Text>
        )}
        {found === undefined ? null : <IdentifierNotice found={found} />}
        <Group>
          <Button type="submit" disabled={draft.name.trim() === ""}>
            Next
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
