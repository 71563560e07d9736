import { Stack, Text } from "@mantine/core";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { useMayEdit } from "../../session/use-may-edit.ts";
import { PageTitle } from "../../shell/PageTitle.tsx";
import { audiencesQuery, catalogQuery } from "../queries.ts";
import { catalogIndex } from "../rule/catalog-index.ts";
import { templateOf } from "../rule/templates.ts";
import { Builder } from "./Builder.tsx";
import { newDraft } from "./draft.ts";
import { StartCards } from "./StartCards.tsx";

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
          <StartCards catalog={index} />
        </Stack>
      </>
    );
  }
  const template = from === "empty" ? undefined : templateOf(from, index);
  return <Builder key={from} draft={newDraft(template, index)} catalog={index} audiences={audiences} />;
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
