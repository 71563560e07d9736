import {
  Button,
  Divider,
  Fieldset,
  Grid,
  Group,
  Radio,
  Stack,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import {
  keepPreviousData,
  useMutation,
  useQuery,
  useQueryClient,
  useSuspenseQuery,
} from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ApiProblem, faultAt } from "../api/client.ts";
import { isOvertaken } from "../api/overtaken.ts";
import { useMayEdit } from "../session/use-may-edit.ts";
import { ProblemAlert } from "../shell/ProblemAlert.tsx";
import { ActivationConflict } from "./ActivationConflict.tsx";
import { changeActivation } from "./change-activation.ts";
import { activationStatusQuery, draftSetupQuery, type ShownActivation } from "./queries.ts";
import { TestPerson } from "./TestPerson.tsx";
import { ConnectionTest } from "./wizard/ConnectionTest.tsx";
import { valuesOf } from "./wizard/draft.ts";
import { IbexaFields } from "./wizard/IbexaFields.tsx";
import { IbexaSide } from "./wizard/IbexaSide.tsx";
import { settingsOf } from "./wizard/ibexa-values.ts";

const TYPING_MS = 300;

/** Name and settings of a saved activation; beside them Ibexa's side to copy, beneath the ways to try it out. */
export function SettingsTab({ activation }: { readonly activation: ShownActivation }) {
  const { id, secrets } = activation;
  // What was loaded when somebody began to type: what others save meanwhile is told, not overwritten.
  const [began, setBegan] = useState(activation);
  const [name, setName] = useState(activation.name);
  const [description, setDescription] = useState(activation.description ?? "");
  const [values, setValues] = useState(() => valuesOf(activation.settings));
  const [destination, setDestination] = useState<"same" | "different">();
  const [version, setVersion] = useState<string>();
  const [typed] = useDebouncedValue(values, TYPING_MS);
  const { data: status } = useSuspenseQuery(activationStatusQuery(id));
  const { data: setup } = useQuery({
    ...draftSetupQuery(id, settingsOf(typed), version),
    placeholderData: keepPreviousData,
  });
  const queries = useQueryClient();
  const mayEdit = useMayEdit();
  const fields = { name, description, values };
  /** @param sent what was saved: what somebody has typed since stands */
  const take = (saved: ShownActivation, sent?: typeof fields) => {
    setBegan(saved);
    setName((now) => (now === (sent?.name ?? now) ? saved.name : now));
    setDescription((now) => (now === (sent?.description ?? now) ? (saved.description ?? "") : now));
    setValues((now) => (now === (sent?.values ?? now) ? valuesOf(saved.settings) : now));
    setDestination(undefined);
  };
  const save = useMutation({
    // Saved over the version that was loaded, or over the one that somebody was shown and decided about.
    mutationFn: ({ over, sent }: { readonly over: ShownActivation; readonly sent: typeof fields }) => {
      const { advanced: _, ...settings } = over.settings;
      return changeActivation(
        over,
        {
          name: sent.name.trim(),
          settings: { ...settings, ...settingsOf(sent.values) },
          description: sent.description.trim(),
        },
        destination === undefined ? {} : { destination },
      );
    },
    onSuccess: (saved, { sent }) => take(saved, sent),
    onSettled: () => queries.invalidateQueries({ queryKey: ["activations"] }),
  });
  const isMoved = save.error instanceof ApiProblem && save.error.problem.code === "activationMoved";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ over: began, sent: fields });
  };
  const isFromFile = activation.origin === "file";
  return (
    <Grid mt="md" gap="xl">
      <Grid.Col span={{ base: 12, lg: 6 }}>
        <form onSubmit={submit}>
          <Fieldset variant="unstyled" disabled={!mayEdit || isFromFile}>
            <Stack gap="md">
              <TextInput
                label="Name"
                required
                maxLength={200}
                value={name}
                error={faultAt(save.error, "/name")}
                onChange={(event) => setName(event.currentTarget.value)}
              />
              <Textarea
                label="Description"
                autosize
                minRows={2}
                maxLength={2000}
                value={description}
                onChange={(event) => setDescription(event.currentTarget.value)}
              />
              <TextInput
                label="Person Identifier"
                value={activation.personIdentifier}
                readOnly
                description="Ibexa recognises people by it alone"
              />
              <IbexaFields
                values={values}
                change={(patch) => setValues((before) => ({ ...before, ...patch }))}
                setup={setup}
                stored={secrets}
                isGroupFixed={status.segments.some(({ lastSynchronizedAt }) => lastSynchronizedAt !== null)}
              />
              {isMoved || destination !== undefined ? (
                <Radio.Group
                  label="The address is another one. Is it the same Ibexa, or a different one?"
                  value={destination ?? ""}
                  onChange={(chosen) => setDestination(chosen === "same" ? "same" : "different")}
                >
                  <Stack gap="xs" mt="xs">
                    <Radio value="same" label="The same Ibexa" description="It knows who is in already." />
                    <Radio
                      value="different"
                      label="A different one"
                      description="It begins with nothing accepted: everybody is sent anew."
                    />
                  </Stack>
                </Radio.Group>
              ) : null}
              {isOvertaken(save.error) ? (
                <ActivationConflict
                  began={began}
                  error={save.error}
                  onSaveOver={(theirs) => save.mutate({ over: theirs, sent: fields })}
                  onTakeTheirs={(theirs) => {
                    take(theirs);
                    save.reset();
                  }}
                />
              ) : isMoved && destination !== undefined ? null : (
                <ProblemAlert error={save.error} />
              )}
              {mayEdit && !isFromFile ? (
                <Group>
                  <Button type="submit" loading={save.isPending} disabled={name.trim() === ""}>
                    Save
                  </Button>
                  {save.isSuccess ? (
                    <Text size="sm" role="status">
                      Saved
                    </Text>
                  ) : null}
                </Group>
              ) : null}
            </Stack>
          </Fieldset>
        </form>
        {mayEdit ? (
          <Stack gap="md" mt="lg">
            <Divider label="Try the saved settings out" labelPosition="left" />
            <ConnectionTest id={id} />
            <TestPerson id={id} />
          </Stack>
        ) : null}
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 6 }}>
        {setup === undefined ? null : (
          <IbexaSide setup={setup} secret={typed.clientSecret} onVersion={setVersion} />
        )}
      </Grid.Col>
    </Grid>
  );
}
