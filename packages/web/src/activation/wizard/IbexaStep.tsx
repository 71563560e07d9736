import { Button, Grid, Group, PasswordInput, Stack, Text, TextInput, VisuallyHidden } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, dataOf } from "../../api/client.ts";
import { ProblemAlert } from "../../shell/ProblemAlert.tsx";
import { draftSetupQuery } from "../queries.ts";
import type { Draft } from "./draft.ts";
import { IbexaSide } from "./IbexaSide.tsx";
import { SettingAdvice } from "./SettingAdvice.tsx";

interface Props {
  readonly draft: Draft;
  readonly change: (patch: Partial<Draft>) => void;
  readonly onBack: () => void;
  readonly onNext: () => void;
}

type Field = "clientSecret" | "clientId" | "baseUrl" | "segmentGroupIdentifier";
const FIELDS: readonly Field[] = ["clientSecret", "clientId", "baseUrl", "segmentGroupIdentifier"];
const TYPING_MS = 300;

/** The four values that must equal those of Ibexa's configuration, and that configuration to copy. */
export function IbexaStep({ draft, change, onBack, onNext }: Props) {
  const [version, setVersion] = useState<string>();
  const [typed] = useDebouncedValue(draft, TYPING_MS);
  const settings = Object.fromEntries(
    FIELDS.map((name) => [name, typed[name].trim()] as const).filter(([, value]) => value !== ""),
  );
  const { data: setup } = useQuery({
    ...draftSetupQuery(settings, version),
    placeholderData: keepPreviousData,
  });
  const generate = useMutation({
    mutationFn: async (names: readonly string[]) => {
      const path = { type: "ibexa" };
      const made = dataOf(
        await api.POST("/api/v1/activation-types/{type}/credentials", { params: { path } }),
      );
      return Object.fromEntries(names.map((name) => [name, made.settings[name] ?? ""]));
    },
    onSuccess: change,
  });
  const isFilled = FIELDS.every((name) => draft[name].trim() !== "");
  const isTyped = (name: Field) => draft[name].trim() !== "";
  const faultOf = (name: Field) =>
    isTyped(name) ? setup?.faults.find(({ path }) => path === `/settings/${name}`)?.message : undefined;
  const adviceOn = (name: Field) =>
    isTyped(name) ? setup?.warnings.find(({ path }) => path === `/settings/${name}`) : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isFilled) onNext();
  };
  const field = (name: Field) => ({
    required: true,
    value: draft[name],
    error: faultOf(name),
    autoComplete: "off",
    spellCheck: false,
    onChange: (event: { currentTarget: { value: string } }) => change({ [name]: event.currentTarget.value }),
  });
  const advice = (name: Field) => (
    <SettingAdvice
      advice={adviceOn(name)}
      onUse={(use) => change({ [name]: String(use) })}
      onGenerate={(names) => generate.mutate(names)}
    />
  );
  return (
    <Grid mt="md" gap="xl">
      <Grid.Col span={{ base: 12, lg: 6 }}>
        <form onSubmit={submit}>
          <Stack gap="md">
            <Text size="sm">These four values must equal the ones in Ibexa’s configuration.</Text>
            <Group align="flex-end" wrap="nowrap">
              <PasswordInput flex={1} label="Client Secret" {...field("clientSecret")} />
              <Button variant="default" onClick={() => generate.mutate(["clientSecret"])}>
                Generate
                <VisuallyHidden> a Client Secret</VisuallyHidden>
              </Button>
            </Group>
            {advice("clientSecret")}
            <Group align="flex-end" wrap="nowrap">
              <TextInput flex={1} label="Client Id" {...field("clientId")} />
              <Button variant="default" onClick={() => generate.mutate(["clientId"])}>
                Generate
                <VisuallyHidden> a Client Id</VisuallyHidden>
              </Button>
            </Group>
            {advice("clientId")}
            <TextInput
              label="Base URL"
              description="The URL of your Ibexa instance with /cdp/webhook at its end, for example https://ibexa.co/cdp/webhook"
              inputMode="url"
              {...field("baseUrl")}
            />
            {advice("baseUrl")}
            <TextInput
              label="Segment Group Identifier"
              description="The segment group in Ibexa in which all audiences will be stored; it must exist there already"
              {...field("segmentGroupIdentifier")}
            />
            {advice("segmentGroupIdentifier")}
            <ProblemAlert error={generate.error} />
            <Group>
              <Button variant="default" onClick={onBack}>
                Back
              </Button>
              <Button type="submit" disabled={!isFilled}>
                Next
              </Button>
            </Group>
          </Stack>
        </form>
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 6 }}>
        {setup === undefined ? null : <IbexaSide setup={setup} onVersion={setVersion} />}
      </Grid.Col>
    </Grid>
  );
}
