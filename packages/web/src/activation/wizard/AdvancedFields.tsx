import { Button, PasswordInput, Stack, Text, Textarea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { advancedOf, type IbexaValues } from "./ibexa-values.ts";

interface Props {
  readonly values: IbexaValues;
  readonly change: (patch: Partial<IbexaValues>) => void;
  readonly faults: readonly { readonly path: string; readonly message: string }[];
  readonly stored: readonly string[];
}

const SECRETS = [
  {
    name: "extraHeaders",
    label: "Extra headers",
    description: "Name: value, sent with every message; for instance what opens a staging server",
  },
  {
    name: "proxyCredentials",
    label: "Proxy credentials",
    description: "user:password for the outgoing proxy",
  },
  {
    name: "tokenClientSecret",
    label: "Secret for an OAuth 2.0 token",
    description: "Where it isn’t the same as above",
  },
] as const;

/** What hardly anybody needs, closed until somebody opens it. */
export function AdvancedFields({ values, change, faults, stored }: Props) {
  const [isOpen, { toggle }] = useDisclosure(false);
  const told = faults
    .filter(({ path }) => path.startsWith("/settings/advanced"))
    .map(({ path, message }) => `${path.replace("/settings/advanced/", "")} ${message}`)
    .join("; ");
  return (
    <Stack gap="md">
      <Button
        variant="subtle"
        size="compact-sm"
        style={{ alignSelf: "flex-start" }}
        aria-expanded={isOpen}
        onClick={toggle}
      >
        Advanced
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
              {...field}
              autoComplete="off"
              value={values[name]}
              error={faults.find(({ path }) => path === `/settings/${name}`)?.message}
              placeholder={stored.includes(name) ? "Stored; leave empty to keep it" : ""}
              onChange={(event) => change({ [name]: event.currentTarget.value })}
            />
          ))}
          <Textarea
            label="Wire profile"
            description="What differs from the defaults, as JSON: batchSize, timeoutSeconds, proxy, certificateAuthority, credentials and all else of docs/wire-profile.md"
            autosize
            minRows={4}
            maxRows={16}
            ff="monospace"
            spellCheck={false}
            placeholder={'{ "batchSize": 50 }'}
            value={values.advanced}
            error={advancedOf(values.advanced).fault ?? (told === "" ? undefined : told)}
            onChange={(event) => change({ advanced: event.currentTarget.value })}
          />
        </>
      ) : null}
    </Stack>
  );
}
