import { Badge, Button, Group, Select, SimpleGrid, Stack, Textarea, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { Marked } from "../../words/Marked.tsx";
import type { Profile } from "./ibexa-values.ts";
import {
  type ProfileField,
  type ProfileSchema,
  profileFields,
  settingAt,
  textOf,
  typedValue,
  withSetting,
} from "./profile-schema.ts";

interface Props {
  readonly schema: ProfileSchema;
  readonly value: Profile;
  readonly onChange: (value: Profile) => void;
  readonly faults: readonly { readonly path: string; readonly message: string }[];
}

const MONOSPACE = { input: { fontFamily: "monospace" } };
const PROFILE = "/settings/advanced";

/** Each setting of the wire profile as a field that shows its default; a changed one is marked and can be put back. */
export function ProfileFields({ schema, value, onChange, faults }: Props) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
      {profileFields(schema, value).map((field) => {
        const at = `${PROFILE}/${field.path.join("/")}`;
        return (
          <Setting
            key={field.path.join("/")}
            field={field}
            value={settingAt(value, field.path)}
            fault={faults.find(({ path }) => path === at || path.startsWith(`${at}/`))?.message}
            onChange={(next) => onChange(withSetting(value, field.path, next))}
          />
        );
      })}
    </SimpleGrid>
  );
}

interface SettingProps {
  readonly field: ProfileField;
  /** Undefined: the default. */
  readonly value: unknown;
  readonly fault: string | undefined;
  readonly onChange: (value: unknown) => void;
}

function Setting({ field, value, fault, onChange }: SettingProps) {
  const isChanged = value !== undefined;
  const { label, description, preset } = field;
  const told = {
    label,
    description: (
      <>
        <Marked text={description} /> {preset === "" ? "Default: none." : `Default: ${preset}.`}
      </>
    ),
    error: fault === undefined ? undefined : <Marked text={fault} />,
  };
  return (
    <Stack gap={4} justify="flex-start">
      {field.kind === "choice" ? (
        <Select
          {...told}
          allowDeselect={false}
          data={[...field.choices]}
          value={isChanged ? String(value) : preset}
          onChange={(chosen) => onChange(chosen === null || chosen === preset ? undefined : chosen)}
        />
      ) : (
        <TypedSetting field={field} told={told} value={value} onChange={onChange} />
      )}
      {isChanged ? (
        <Group gap="xs">
          <Badge variant="light" color="blue" c="var(--mantine-color-text)" tt="none" radius="sm">
            Changed
          </Badge>
          <Button
            size="compact-xs"
            variant="subtle"
            aria-label={`Reset ${label} to its default`}
            onClick={() => onChange(undefined)}
          >
            Reset
          </Button>
        </Group>
      ) : null}
    </Stack>
  );
}

interface TypedProps extends Omit<SettingProps, "fault"> {
  readonly told: { readonly label: string; readonly description: ReactNode; readonly error: ReactNode };
}

/** Typed as text: what one types stays, though a list is kept as a list. */
function TypedSetting({ field, told, value, onChange }: TypedProps) {
  const [typed, setTyped] = useState(() => textOf(value));
  // What came from elsewhere, such as a reset, replaces what was typed.
  const isTyped = textOf(typedValue(field.kind, typed)) === textOf(value);
  const props = {
    ...told,
    value: isTyped ? typed : textOf(value),
    placeholder: field.preset,
    spellCheck: false,
    autoComplete: "off",
    onChange: (event: { currentTarget: { value: string } }) => {
      setTyped(event.currentTarget.value);
      onChange(typedValue(field.kind, event.currentTarget.value));
    },
  };
  if (field.kind === "lines")
    return <Textarea {...props} autosize minRows={2} maxRows={8} styles={MONOSPACE} />;
  return <TextInput {...props} {...(field.kind === "number" ? { inputMode: "decimal" as const } : {})} />;
}
