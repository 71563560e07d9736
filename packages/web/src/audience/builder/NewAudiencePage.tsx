import { Alert, Card, SimpleGrid, Stack, Text } from "@mantine/core";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { useMayEdit } from "../../session/use-may-edit.ts";
import { AnchorLink } from "../../shell/links.tsx";
import { PageTitle } from "../../shell/PageTitle.tsx";
import { audiencesQuery, catalogQuery } from "../queries.ts";
import { catalogIndex } from "../rule/catalog-index.ts";
import { type Start, TEMPLATE_NAMES } from "../rule/start.ts";
import { templateOf } from "../rule/templates.ts";
import { Builder } from "./Builder.tsx";
import { newDraft } from "./draft.ts";

/** A new audience: what to start from, then the builder. */
export function NewAudiencePage() {
  const { from } = useSearch({ from: "/shell/audiences/new" });
  const { data: catalog } = useSuspenseQuery(catalogQuery);
  const { data: audiences = [] } = useQuery(audiencesQuery);
  const index = catalogIndex(catalog);
  if (!useMayEdit()) return <OnlyForEditors />;
  if (from === undefined) {
    return (
      <>
        <PageTitle title="New audience" />
        <Stack gap="md" maw={960}>
          <Text>What do you want to start from? Everything can be changed afterwards.</Text>
          {catalog.attributes.length + catalog.events.length > 0 ? null : (
            <Alert color="gray" c="var(--mantine-color-text)">
              There are no data yet, so there is nothing that a rule could ask for. Import people or events
              first.
            </Alert>
          )}
          <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
            <StartCard name="empty" title="An empty rule" about="Put it together yourself" isReady />
            {TEMPLATE_NAMES.map((name) => {
              const { title, about, rule, needs } = templateOf(name, index);
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
      </>
    );
  }
  const template = from === "empty" ? undefined : templateOf(from, index);
  return <Builder key={from} draft={newDraft(template, index)} catalog={index} audiences={audiences} />;
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

/** For whoever may only look. */
export function OnlyForEditors() {
  return (
    <>
      <PageTitle title="Audiences" />
      <Text>Audiences are changed by editors and administrators. Ask one of them.</Text>
    </>
  );
}
