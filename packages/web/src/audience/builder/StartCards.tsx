import { Alert, Card, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { AnchorLink, ButtonLink } from "../../shell/links.tsx";
import type { CatalogIndex } from "../rule/catalog-index.ts";
import { type Start, TEMPLATE_NAMES } from "../rule/start.ts";
import { templateOf } from "../rule/templates.ts";

/** What a new audience can start from; what the data don't allow says what it needs. */
export function StartCards({ catalog }: { readonly catalog: CatalogIndex }) {
  return (
    <Stack gap="md">
      {catalog.attributes.length + catalog.events.length > 0 ? null : <NoData />}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        <StartCard name="empty" title="An empty rule" about="Put it together yourself" isReady />
        {TEMPLATE_NAMES.map((name) => {
          const { title, about, rule, needs } = templateOf(name, catalog);
          const isReady = rule !== undefined;
          return (
            <StartCard
              key={name}
              name={name}
              title={title}
              about={isReady ? about : needs}
              isReady={isReady}
            />
          );
        })}
      </SimpleGrid>
    </Stack>
  );
}

/** Before there is anything that a rule could ask for. */
function NoData() {
  return (
    <Alert color="gray" c="var(--mantine-color-text)">
      <Group justify="space-between">
        <Text size="sm">
          There are no data yet, so there is nothing that a rule could ask for. Bring people or events in
          first.
        </Text>
        <ButtonLink to="/dataflows/new" size="xs">
          New dataflow
        </ButtonLink>
      </Group>
    </Alert>
  );
}

interface StartProps {
  readonly name: Start;
  readonly title: string;
  readonly about: string;
  readonly isReady: boolean;
}

function StartCard({ name, title, about, isReady }: StartProps) {
  return (
    <Card withBorder padding="md" h="100%">
      {isReady ? (
        <AnchorLink to="/audiences/new" search={{ from: name }} fw={600}>
          {title}
        </AnchorLink>
      ) : (
        <Text fw={600} c="dimmed">
          {title}
        </Text>
      )}
      <Text size="sm" c={isReady ? "inherit" : "dimmed"}>
        {about}
      </Text>
    </Card>
  );
}
