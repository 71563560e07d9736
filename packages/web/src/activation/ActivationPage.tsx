import { Alert, Box, Group, Tabs, Text } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { LongText } from "../shell/LongText.tsx";
import { PageTitle } from "../shell/PageTitle.tsx";
import { Age } from "../words/Age.tsx";
import { Marked } from "../words/Marked.tsx";
import { Moment } from "../words/Moment.tsx";
import { counted } from "../words/number.ts";
import { ActivationActions } from "./ActivationActions.tsx";
import { HeldRemovals } from "./HeldRemovals.tsx";
import { History } from "./History.tsx";
import { hostOf } from "./host.ts";
import { LiveLine } from "./LiveLine.tsx";
import { PeopleBar } from "./PeopleBar.tsx";
import { activationQuery, activationStatusQuery } from "./queries.ts";
import { RefusedPeople } from "./RefusedPeople.tsx";
import { SegmentTable } from "./SegmentTable.tsx";
import { SettingsTab } from "./SettingsTab.tsx";
import { SyncList } from "./SyncList.tsx";
import { lastCheckedOf, sentenceOf } from "./sentence.ts";
import { TABS, type Tab } from "./tabs.ts";
import { useLiveRun } from "./use-live-run.ts";

/** One activation: how it stands, why, and what can be done. */
export function ActivationPage() {
  const { id } = useParams({ from: "/shell/activations/$id" });
  const { tab = "audiences" } = useSearch({ from: "/shell/activations/$id" });
  const navigate = useNavigate();
  const { data: activation } = useSuspenseQuery(activationQuery(id));
  const { data: status } = useSuspenseQuery(activationStatusQuery(id));
  useLiveRun(id);
  const { segments, run, lastFailure, runAsked } = status;
  const checkedAt = lastCheckedOf(status);
  const refused = segments.reduce((sum, { refused: one, leaving }) => sum + one + leaving.refused, 0);
  const panels = {
    audiences: <SegmentTable activation={activation} status={status} />,
    syncs: <SyncList id={id} />,
    refused: <RefusedPeople id={id} segments={segments} />,
    settings: <SettingsTab activation={activation} />,
    history: <History id={id} />,
  } satisfies Record<Tab, unknown>;
  return (
    <>
      <PageTitle
        title={activation.name}
        actions={<ActivationActions activation={activation} status={status} />}
      />
      {activation.description === undefined ? null : (
        <Box pb="sm">
          <LongText text={activation.description} />
        </Box>
      )}
      {activation.origin === "file" ? (
        <Text size="sm" mb="sm">
          It comes from a file: change it there and apply it again.
        </Text>
      ) : null}
      <Group gap={6} mb="md" aria-live="polite">
        <Text fw={600}>{sentenceOf(status, hostOf(activation))}</Text>
        {checkedAt === null ? null : (
          <Group gap={6} wrap="nowrap">
            <Text size="sm">Checked</Text>
            <Moment instant={checkedAt} />
          </Group>
        )}
        {status.oldestUnsentAt === null ? null : (
          <Group gap={6} wrap="nowrap">
            <Text size="sm">· oldest unsent change</Text>
            <Age instant={status.oldestUnsentAt} />
          </Group>
        )}
      </Group>
      <LiveLine run={run} runAsked={runAsked} />
      {lastFailure !== null && lastFailure.error !== null ? (
        <Alert color="red" mb="md">
          <Text size="sm" fw={600}>
            The last run failed
          </Text>
          <Text size="sm" style={{ overflowWrap: "anywhere" }}>
            <Marked text={lastFailure.error.detail} />
          </Text>
          <Text size="sm">
            <Marked text={lastFailure.error.remedy} />
          </Text>
        </Alert>
      ) : null}
      <HeldRemovals id={id} />
      <PeopleBar id={id} segments={segments} />
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(chosen) =>
          void navigate({
            to: "/activations/$id",
            params: { id },
            search: chosen === "audiences" ? {} : { tab: chosen as Tab },
          })
        }
      >
        <Tabs.List>
          {TABS.map(({ id: one, label }) => (
            <Tabs.Tab key={one} value={one}>
              {label}
              {one === "refused" && refused > 0 ? ` (${counted(refused)})` : ""}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {TABS.map(({ id: one }) => (
          <Tabs.Panel key={one} value={one}>
            {panels[one]}
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  );
}
