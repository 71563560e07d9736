import { Alert, Button, Grid, Group, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { draftSetupQuery } from "../queries.ts";
import { ConnectionTest } from "./ConnectionTest.tsx";
import { type Draft, NEW_ID } from "./draft.ts";
import { IbexaFields } from "./IbexaFields.tsx";
import { IbexaSide } from "./IbexaSide.tsx";
import { SECRET_WORDS, settingsOf } from "./ibexa-values.ts";
import { isFilled } from "./steps.ts";

interface Props {
  readonly draft: Draft;
  readonly change: (patch: Partial<Draft>) => void;
  readonly onBack: () => void;
  readonly onNext: () => void;
}

const TYPING_MS = 300;

/** The four values that must equal those of Ibexa's configuration, and that configuration to copy. */
export function IbexaStep({ draft, change, onBack, onNext }: Props) {
  const [version, setVersion] = useState<string>();
  const id = draft.saved?.id ?? NEW_ID;
  const [typed] = useDebouncedValue(draft, TYPING_MS);
  const { data: setup } = useQuery({
    ...draftSetupQuery(id, settingsOf(typed), version),
    placeholderData: keepPreviousData,
  });
  const isStored = draft.saved !== null;
  const isReady = isFilled(draft);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isReady) return;
    // Whoever goes on does without the others.
    if (draft.lost.length > 0) change({ lost: [] });
    onNext();
  };
  return (
    <Grid mt="md" gap="xl">
      <Grid.Col span={{ base: 12, lg: 6 }}>
        <form onSubmit={submit}>
          <Stack gap="md">
            <Text size="sm">These four values must equal the ones in Ibexa’s configuration.</Text>
            {draft.lost.length === 0 ? null : (
              <Alert color="blue" role="status">
                <Text size="sm">
                  Secrets are never kept in the browser and never copied. Type again:{" "}
                  {draft.lost.map((name) => SECRET_WORDS[name]).join(", ")}.
                </Text>
              </Alert>
            )}
            <IbexaFields
              values={draft}
              change={change}
              setup={setup}
              stored={isStored ? ["clientSecret"] : []}
              focusSecret={draft.lost.includes("clientSecret")}
            />
            <ConnectionTest id={id} settings={settingsOf(draft)} disabled={!isReady} />
            <Group>
              <Button variant="default" onClick={onBack}>
                Back
              </Button>
              <Button type="submit" disabled={!isReady || (setup?.faults.length ?? 0) > 0}>
                Next
              </Button>
            </Group>
          </Stack>
        </form>
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 6 }}>
        {setup === undefined ? null : (
          <IbexaSide setup={setup} secret={typed.clientSecret} onVersion={setVersion} />
        )}
      </Grid.Col>
    </Grid>
  );
}
