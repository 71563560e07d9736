import { Button, PasswordInput, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { activationTypesQuery } from "../queries.ts";
import { type IbexaValues, SECRET_WORDS } from "./ibexa-values.ts";
import { ProfileFields } from "./ProfileFields.tsx";
import { profileSchemaOf } from "./profile-schema.ts";

interface Props {
  readonly values: IbexaValues;
  readonly change: (patch: Partial<IbexaValues>) => void;
  readonly faults: readonly { readonly path: string; readonly message: string }[];
  readonly stored: readonly string[];
}

const SECRETS = [
  {
    name: "extraHeaders",
    description: "Name: value, sent with every message; for instance what opens a staging server",
  },
  {
    name: "proxyCredentials",
    description: "user:password for the outgoing proxy",
  },
  {
    name: "tokenClientSecret",
    description: "Where it isn’t the same as above",
  },
] as const;

/** What hardly anybody needs, closed until somebody opens it. */
export function AdvancedFields({ values, change, faults, stored }: Props) {
  const [isAsked, { toggle }] = useDisclosure(false);
  // What is wrong there is seen, also when nobody opened it.
  const isOpen = isAsked || faults.some(({ path }) => path.startsWith("/settings/advanced"));
  const { data: types } = useQuery({ ...activationTypesQuery, enabled: isOpen });
  const schema = profileSchemaOf(types?.find(({ id }) => id === "ibexa")?.settings ?? {});
  const changed = Object.keys(values.advanced).length;
  return (
    <Stack gap="md">
      <Button
        variant="subtle"
        size="compact-sm"
        style={{ alignSelf: "flex-start" }}
        aria-expanded={isOpen}
        onClick={toggle}
      >
        {isOpen || changed === 0 ? "Advanced" : `Advanced (${changed} changed)`}
      </Button>
      {isOpen ? (
        <>
          <Text size="sm">
            Ibexa doesn’t publish how its messages are spelt, so each way can be set here. Leave it as it is
            unless Test connection says otherwise.
          </Text>
          {SECRETS.map(({ name, ...field }) => (
            <PasswordInput
              key={name}
              label={SECRET_WORDS[name]}
              {...field}
              autoComplete="off"
              value={values[name]}
              error={faults.find(({ path }) => path === `/settings/${name}`)?.message}
              placeholder={stored.includes(name) ? "Stored; leave empty to keep it" : ""}
              onChange={(event) => change({ [name]: event.currentTarget.value })}
            />
          ))}
          {schema === undefined ? null : (
            <ProfileFields
              schema={schema}
              value={values.advanced}
              onChange={(advanced) => change({ advanced })}
              faults={faults}
            />
          )}
        </>
      ) : null}
    </Stack>
  );
}
