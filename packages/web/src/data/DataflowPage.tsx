import { Group, Stack, Tabs, Text, Title } from "@mantine/core";
import { PARENT_WORDS, WRITE_MODE_WORDS } from "@peregrine/core/data-words";
import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Suspense } from "react";
import { useMayEdit } from "../session/use-may-edit.ts";
import { AnchorLink, ButtonLink } from "../shell/links.tsx";
import { PageAwaited } from "../shell/PageAwaited.tsx";
import { PageTitle } from "../shell/PageTitle.tsx";
import { counted } from "../words/number.ts";
import { DataflowActions } from "./DataflowActions.tsx";
import { DataflowLog } from "./DataflowLog.tsx";
import { DataflowMapping } from "./DataflowMapping.tsx";
import { FileChoice } from "./FileChoice.tsx";
import { ImportTable } from "./ImportTable.tsx";
import { MappingHolds } from "./mapping/MappingHolds.tsx";
import { type DataflowStanding, dataflowQuery, type Import } from "./queries.ts";
import { StateBadge } from "./StateBadge.tsx";
import { StreamIds } from "./StreamIds.tsx";
import { useFileUpload } from "./use-file-upload.ts";

const TABS = ["imports", "mapping", "stream", "log"] as const;

/** One dataflow: how it stands, its files, its mapping, its stream ids, and what was done with it. */
export function DataflowPage() {
  const { id } = useParams({ from: "/shell/dataflows/$id" });
  const { tab = "imports" } = useSearch({ from: "/shell/dataflows/$id" });
  const navigate = useNavigate();
  const { data: dataflow } = useSuspenseQuery(dataflowQuery(id));
  const { definition } = dataflow;
  const show = (value: string | null) => {
    const chosen = TABS.find((one) => one === value);
    void navigate({
      to: "/dataflows/$id",
      params: { id },
      search: chosen === undefined || chosen === "imports" ? {} : { tab: chosen },
      replace: true,
    });
  };
  return (
    <>
      <PageTitle title={definition.name ?? id} actions={<DataflowActions dataflow={dataflow} />} />
      <Group gap="sm" mb="lg">
        <StateBadge state={definition.state} />
        <Text size="sm" aria-live="polite">
          {sentenceOf(dataflow)}
        </Text>
      </Group>
      <Tabs value={tab} onChange={show} keepMounted={false}>
        <Tabs.List mb="lg">
          <Tabs.Tab value="imports">Imports</Tabs.Tab>
          <Tabs.Tab value="mapping">Mapping</Tabs.Tab>
          <Tabs.Tab value="stream">Stream</Tabs.Tab>
          <Tabs.Tab value="log">Log</Tabs.Tab>
        </Tabs.List>
        <Suspense fallback={<PageAwaited />}>
          <Tabs.Panel value="imports">
            <Stack gap="lg">
              <SendFile dataflow={dataflow} />
              <ImportTable dataflow={id} />
            </Stack>
          </Tabs.Panel>
          <Tabs.Panel value="mapping">
            <MappingTab dataflow={dataflow} />
          </Tabs.Panel>
          <Tabs.Panel value="stream">
            <StreamIds dataflow={dataflow} />
          </Tabs.Panel>
          <Tabs.Panel value="log">
            <DataflowLog id={id} />
          </Tabs.Panel>
        </Suspense>
      </Tabs>
    </>
  );
}

function MappingTab({ dataflow }: { readonly dataflow: DataflowStanding }) {
  const { definition, parent, origin } = dataflow;
  const { id, schema, write } = definition;
  const mayEdit = useMayEdit();
  return (
    <Stack gap="md">
      <Text size="sm">
        Rows become {parent === null ? "columns" : PARENT_WORDS[parent].toLowerCase()} of the schema{" "}
        <AnchorLink to="/schemas/$id" params={{ id: schema }} size="sm" underline="always">
          {schema}
        </AnchorLink>
        . Write mode: {WRITE_MODE_WORDS[write]}.
      </Text>
      <MappingHolds dataflow={dataflow} />
      {origin === "file" ? (
        <Text size="sm">It stands in a file, and is changed there.</Text>
      ) : mayEdit ? (
        <Group>
          <ButtonLink to="/dataflows/$id/mapping" params={{ id }} variant="default">
            Edit the mapping
          </ButtonLink>
        </Group>
      ) : null}
      <DataflowMapping dataflow={dataflow} />
    </Stack>
  );
}

/** How it stands, in one sentence. */
function sentenceOf({ definition: { state }, waiting, lastImport }: DataflowStanding): string {
  const imports = `${counted(waiting)} ${waiting === 1 ? "import" : "imports"}`;
  if (state === "paused") {
    return waiting === 0
      ? "Paused: what comes is kept until it is resumed."
      : `Paused: ${imports} ${waiting === 1 ? "waits" : "wait"} until it is resumed; nothing is lost.`;
  }
  if (state === "draft") return "A draft: nothing enters profiles before it is activated.";
  if (waiting > 0) return `${imports} under way.`;
  if (lastImport === null || lastImport.state === "validated") return "Ready for its first rows.";
  if (lastImport.state === "refused") return "Its last file was refused: nothing of that was taken.";
  if (lastImport.state === "failed") return "Its last import failed: nothing of that was taken.";
  return "Up to date.";
}

function SendFile({ dataflow: { definition } }: { readonly dataflow: DataflowStanding }) {
  const mayEdit = useMayEdit();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const upload = useFileUpload<Import>(async ({ id }) => {
    await Promise.all([
      queries.invalidateQueries({ queryKey: ["imports"] }),
      queries.invalidateQueries({ queryKey: ["dataflows"] }),
    ]);
    await navigate({ to: "/imports/$id", params: { id } });
  });
  const send = (file: File) => {
    const query = new URLSearchParams({ fileName: file.name });
    void upload.send(`/api/v1/dataflows/${encodeURIComponent(definition.id)}/imports?${query}`, file);
  };
  if (!mayEdit) return null;
  return (
    <section aria-label="Another file">
      <Title order={2} size="h5" mb="xs">
        Another file
      </Title>
      <FileChoice
        label="Upload a file"
        hint={
          definition.write === "overwrite"
            ? "It is taken as complete and replaces what came before."
            : "The same file twice changes nothing."
        }
        {...upload}
        onFile={send}
        onCancel={upload.cancel}
      />
    </section>
  );
}
