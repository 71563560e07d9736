import { Alert, Stack, Tabs, Text } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMayEdit } from "../../session/use-may-edit.ts";
import { LongText } from "../../shell/LongText.tsx";
import { PageTitle } from "../../shell/PageTitle.tsx";
import { isChangedHere } from "../changed-here.ts";
import { type AudienceView, audienceQuery } from "../queries.ts";
import { Tags } from "../Tags.tsx";
import { AUDIENCE_TABS, type AudienceTab } from "../tabs.ts";
import { AudienceActions } from "./AudienceActions.tsx";
import { AudienceFacts } from "./AudienceFacts.tsx";
import { People } from "./People.tsx";
import { RuleSection } from "./RuleSection.tsx";
import { VersionHistory } from "./VersionHistory.tsx";

const TAB_LABELS: Readonly<Record<AudienceTab, string>> = {
  rule: "Rule and use",
  people: "People",
  history: "History",
};

/** One audience: who belongs to it and why, where it is used, and what it was before. */
export function AudiencePage() {
  const { id } = useParams({ from: "/shell/audiences/$id" });
  const { tab = "rule" } = useSearch({ from: "/shell/audiences/$id" });
  const navigate = useNavigate({ from: "/audiences/$id" });
  const { data: audience } = useSuspenseQuery(audienceQuery(id));
  const mayEdit = useMayEdit();
  const show = (value: string | null) => {
    const wanted = AUDIENCE_TABS.find((one) => one === value) ?? "rule";
    void navigate({ search: wanted === "rule" ? {} : { tab: wanted } });
  };
  return (
    <>
      <PageTitle
        title={audience.name}
        actions={mayEdit ? <AudienceActions audience={audience} /> : undefined}
      />
      <Stack gap="lg">
        <About audience={audience} />
        <AudienceFacts audience={audience} />
        <Tabs value={tab} onChange={show} keepMounted={false}>
          <Tabs.List mb="lg">
            {AUDIENCE_TABS.map((one) => (
              <Tabs.Tab key={one} value={one}>
                {TAB_LABELS[one]}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="rule">
            <RuleSection audience={audience} />
          </Tabs.Panel>
          <Tabs.Panel value="people">
            <People audience={audience} />
          </Tabs.Panel>
          <Tabs.Panel value="history">
            <VersionHistory
              id={id}
              current={audience.version}
              mayRestore={mayEdit && isChangedHere(audience)}
            />
          </Tabs.Panel>
        </Tabs>
      </Stack>
    </>
  );
}

function About({ audience }: { readonly audience: AudienceView }) {
  const { description = "", tags, error } = audience;
  return (
    <Stack gap="sm">
      {description === "" ? null : <LongText text={description} />}
      <Tags tags={tags} />
      {isChangedHere(audience) ? null : (
        <Text size="sm">
          This audience stands in a file and is changed there: edit the file and run{" "}
          <code>peregrine apply</code>.
        </Text>
      )}
      {error === null ? null : (
        <Alert color="orange" title="The last check could not evaluate it; its members stay as they were">
          {error.detail}
        </Alert>
      )}
    </Stack>
  );
}
