import { Button, Group, PasswordInput, Stack, TextInput, VisuallyHidden } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { api, dataOf } from "../../api/client.ts";
import { ProblemAlert } from "../../shell/ProblemAlert.tsx";
import type { ActivationSetup } from "../queries.ts";
import { AdvancedFields } from "./AdvancedFields.tsx";
import type { IbexaValues } from "./ibexa-values.ts";
import { SettingAdvice } from "./SettingAdvice.tsx";

type Field = "clientSecret" | "clientId" | "baseUrl" | "segmentGroupIdentifier";

interface Props {
  readonly values: IbexaValues;
  readonly change: (patch: Partial<IbexaValues>) => void;
  /** What is wrong with the values, or likely a mistake; undefined while it is asked for. */
  readonly setup: Pick<ActivationSetup, "faults" | "warnings"> | undefined;
  /** Names of the secrets that are stored: left empty they stay. */
  readonly stored?: readonly string[];
  /** True after the first accepted delivery: the segment group is fixed then. */
  readonly isGroupFixed?: boolean;
  /** The Client Secret is to be typed again. */
  readonly focusSecret?: boolean;
}

/** The four values that must equal those of Ibexa's configuration, in the guide's order; beneath, "Advanced". */
export function IbexaFields({
  values,
  change,
  setup,
  stored = [],
  isGroupFixed = false,
  focusSecret = false,
}: Props) {
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
  const isTyped = (name: Field) => values[name].trim() !== "";
  const field = (name: Field) => ({
    required: !stored.includes(name),
    value: values[name],
    error: isTyped(name)
      ? setup?.faults.find(({ path }) => path === `/settings/${name}`)?.message
      : undefined,
    autoComplete: "off",
    spellCheck: false,
    ...(stored.includes(name) ? { placeholder: "Stored; leave empty to keep it" } : {}),
    onChange: (event: { currentTarget: { value: string } }) => change({ [name]: event.currentTarget.value }),
  });
  const advice = (name: Field) => (
    <SettingAdvice
      advice={isTyped(name) ? setup?.warnings.find(({ path }) => path === `/settings/${name}`) : undefined}
      onUse={(use) => change({ [name]: String(use) })}
      onGenerate={(names) => generate.mutate(names)}
    />
  );
  return (
    <Stack gap="md">
      <Group align="flex-end" wrap="nowrap">
        <PasswordInput flex={1} label="Client Secret" autoFocus={focusSecret} {...field("clientSecret")} />
        <Button
          variant="default"
          loading={generate.isPending}
          onClick={() => generate.mutate(["clientSecret"])}
        >
          Generate
          <VisuallyHidden> a Client Secret</VisuallyHidden>
        </Button>
      </Group>
      {advice("clientSecret")}
      <Group align="flex-end" wrap="nowrap">
        <TextInput flex={1} label="Client Id" {...field("clientId")} />
        <Button variant="default" loading={generate.isPending} onClick={() => generate.mutate(["clientId"])}>
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
        description={
          isGroupFixed
            ? "Fixed since the first people were accepted: Ibexa can’t change the group of a segment."
            : "The segment group in Ibexa in which all audiences will be stored; it must exist there already"
        }
        {...field("segmentGroupIdentifier")}
        readOnly={isGroupFixed}
      />
      {advice("segmentGroupIdentifier")}
      <ProblemAlert error={generate.error} />
      <AdvancedFields values={values} change={change} faults={setup?.faults ?? []} stored={stored} />
    </Stack>
  );
}
