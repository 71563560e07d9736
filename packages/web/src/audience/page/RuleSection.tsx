import { Button, Card, Group, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useMayEdit } from "../../session/use-may-edit.ts";
import { AnchorLink } from "../../shell/links.tsx";
import { ProblemAlert } from "../../shell/ProblemAlert.tsx";
import { type AudienceView, audiencesQuery, savedPreviewQuery } from "../queries.ts";
import { useUsage } from "../usage.ts";
import { AttachDialog } from "./AttachDialog.tsx";
import { RuleOutline } from "./RuleOutline.tsx";

/** What the rule says, how many each condition finds by itself, and where the audience is used. */
export function RuleSection({ audience }: { readonly audience: AudienceView }) {
  const { id, rule, version } = audience;
  const preview = useQuery(savedPreviewQuery(id, version));
  const { data: audiences = [] } = useQuery(audiencesQuery);
  const names = new Map(audiences.map((one) => [one.id, one.name]));
  const sizes = new Map((preview.data?.blocks ?? []).map(({ path, size }) => [path, size]));
  return (
    <Stack gap="xl">
      <section aria-labelledby="rule-title">
        <Group justify="space-between" mb="sm">
          <Title order={2} size="h4" id="rule-title">
            Who belongs
          </Title>
          <Text size="sm" c="dimmed">
            People that each condition finds by itself
          </Text>
        </Group>
        <Card withBorder padding="md">
          <RuleOutline rule={rule} names={(one) => names.get(one)} sizes={sizes} />
        </Card>
        <ProblemAlert error={preview.error} />
      </section>
      <UsedIn audience={audience} />
    </Stack>
  );
}

function UsedIn({ audience }: { readonly audience: AudienceView }) {
  const usage = useUsage(audience.id);
  const { activations = [], audiences = [] } = usage ?? {};
  const [isAttaching, attaching] = useDisclosure(false);
  const mayEdit = useMayEdit();
  return (
    <section aria-labelledby="use-title">
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4" id="use-title">
          Where it is used
        </Title>
        {mayEdit ? (
          <Button variant="default" size="xs" onClick={attaching.open}>
            Add to an activation
          </Button>
        ) : null}
      </Group>
      <Stack gap="xs">
        {usage === undefined ? <Text size="sm">Looking where it is used …</Text> : null}
        {usage !== undefined && activations.length === 0 ? (
          <Text size="sm">No activation carries it, so its people are sent nowhere.</Text>
        ) : null}
        {activations.map(({ id, name, state }) => (
          <Group key={id} gap="sm">
            <AnchorLink to="/activations/$id" params={{ id }} dir="auto" style={{ overflowWrap: "anywhere" }}>
              {name}
            </AnchorLink>
            <Text size="sm" c="dimmed">
              {state === "paused" ? "Activation, paused" : "Activation"}
            </Text>
          </Group>
        ))}
        {audiences.map(({ id, name }) => (
          <Group key={id} gap="sm">
            <AnchorLink to="/audiences/$id" params={{ id }} dir="auto" style={{ overflowWrap: "anywhere" }}>
              {name}
            </AnchorLink>
            <Text size="sm" c="dimmed">
              Audience whose rule names it
            </Text>
          </Group>
        ))}
      </Stack>
      <AttachDialog audience={audience} opened={isAttaching} onClose={attaching.close} />
    </section>
  );
}
