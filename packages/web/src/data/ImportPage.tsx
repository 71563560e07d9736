import { Alert, Button, Group, Progress, Stack, Table, Text } from "@mantine/core";
import { FILE_ENCODING_WORDS, FILE_FORMAT_WORDS, IMPORT_SOURCE_WORDS } from "@peregrine/core/data-words";
import { ERRORS } from "@peregrine/core/error";
import { useMutation, useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { api, dataOf } from "../api/client.ts";
import { useMayEdit } from "../session/use-may-edit.ts";
import { AnchorLink } from "../shell/links.tsx";
import { PageTitle } from "../shell/PageTitle.tsx";
import { ProblemAlert } from "../shell/ProblemAlert.tsx";
import { Marked } from "../words/Marked.tsx";
import { Moment } from "../words/Moment.tsx";
import { counted } from "../words/number.ts";
import { CountsSum } from "./CountsSum.tsx";
import { MappingFaults } from "./MappingFaults.tsx";
import { dataflowsQuery, type Import, importQuery, isUnderWay } from "./queries.ts";
import { RefusedRows } from "./RefusedRows.tsx";
import { StateBadge } from "./StateBadge.tsx";

/** One import: how far it is, what became of its rows, and what went wrong. */
export function ImportPage() {
  const { id } = useParams({ from: "/shell/imports/$id" });
  const { data: found } = useSuspenseQuery(importQuery(id));
  return (
    <>
      <PageTitle title={found.fileName} actions={<Actions found={found} />} />
      <Stack gap="md">
        <Group gap="sm">
          <StateBadge state={found.state} />
          <Text size="sm" aria-live="polite">
            {sentenceOf(found)}
          </Text>
        </Group>
        <ImportProgress found={found} />
        <ImportFailure found={found} />
        <Notes found={found} />
        {found.counts === null ? null : (
          <CountsSum counts={found.counts} isForeseen={found.state !== "published"} />
        )}
        <Facts found={found} />
      </Stack>
      {(found.counts?.refused ?? 0) > 0 ? <RefusedRows id={id} count={found.counts?.refused ?? 0} /> : null}
    </>
  );
}

const SENTENCES: Readonly<Record<Import["state"], string>> = {
  queued: "It waits for its turn.",
  running: "It is being imported.",
  published: "It is imported: profiles and audiences see it.",
  unchanged: "The same file was imported before, so nothing has changed.",
  refused: "It was refused as a whole: nothing of it was taken.",
  failed: "It failed: nothing of it was taken.",
  validated: "Its rows were looked at only; nothing of them entered profiles.",
};

function sentenceOf({ state, held }: Import): string {
  return state === "queued" && held === "paused"
    ? "It waits until its dataflow is resumed; nothing is lost."
    : SENTENCES[state];
}

function ImportProgress({ found: { state, progress } }: { readonly found: Import }) {
  if (!isUnderWay(state) || progress === null) return null;
  const { step, done, total } = progress;
  return (
    <Stack gap={4} maw={560}>
      <Progress
        value={total === null || total === 0 ? 100 : (100 * done) / total}
        animated={total === null}
        striped={total === null}
        aria-label="Progress of the import"
      />
      <Text size="sm">
        {step}: {counted(done)}
        {total === null ? "" : ` of ${counted(total)}`}
      </Text>
    </Stack>
  );
}

function isKnownError(code: string): code is keyof typeof ERRORS {
  return code in ERRORS;
}

function ImportFailure({ found: { error } }: { readonly found: Import }) {
  if (error === null) return null;
  const row = isKnownError(error.code) ? ERRORS[error.code] : undefined;
  return (
    <Alert color="red" maw={760} role="alert" title={row?.title ?? "It was not imported"}>
      {error.detail === row?.title ? null : (
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          <Marked text={error.detail} />
        </Text>
      )}
      <MappingFaults faults={error.faults} />
      {row === undefined ? null : <Text size="sm">{row.remedy}</Text>}
    </Alert>
  );
}

/** How it belongs to other imports. */
function Notes({ found: { repeats, againOf, replacedBy } }: { readonly found: Import }) {
  const notes: readonly (readonly [number | null, string])[] = [
    [repeats, "The same file came before, as "],
    [againOf, "It takes the rows in once more of "],
    [replacedBy, "It was run again, and nothing of it counts any more; see "],
  ];
  return notes.map(([other, text]) =>
    other === null ? null : (
      <Text size="sm" key={text}>
        {text}
        <AnchorLink to="/imports/$id" params={{ id: other }} size="sm" underline="always">
          import {other}
        </AnchorLink>
        .
      </Text>
    ),
  );
}

const MEGABYTE = 1_000_000;

function sizeOf(bytes: number): string {
  if (bytes >= MEGABYTE) return `${counted(Math.round(bytes / MEGABYTE))} MB`;
  return bytes >= 1_000 ? `${counted(Math.round(bytes / 1_000))} kB` : `${counted(bytes)} bytes`;
}

function Facts({ found }: { readonly found: Import }) {
  const { dataflowId, source, size, reading, cameAt, finishedAt, sentBy, id } = found;
  const { data: dataflows } = useQuery(dataflowsQuery);
  const facts: readonly (readonly [string, ReactNode])[] = [
    [
      "Dataflow",
      <AnchorLink key="dataflow" to="/dataflows/$id" params={{ id: dataflowId }} size="sm">
        {dataflows?.find(({ definition }) => definition.id === dataflowId)?.definition.name ?? dataflowId}
      </AnchorLink>,
    ],
    ["Came as", `${IMPORT_SOURCE_WORDS[source]}, ${sizeOf(size)}`],
    ["Read as", reading === null ? null : readingOf(reading)],
    ["Came", <Moment key="came" instant={cameAt} />],
    ["Ended", finishedAt === null ? null : <Moment key="ended" instant={finishedAt} />],
    ["Sent by", sentBy],
    ["Number", String(id)],
  ];
  return (
    <Table maw={560} verticalSpacing={6} withRowBorders={false} variant="vertical" layout="fixed">
      <Table.Tbody>
        {facts.map(([name, value]) =>
          value === null ? null : (
            <Table.Tr key={name}>
              <Table.Th w={140} fw={400} c="dimmed" bg="transparent">
                {name}
              </Table.Th>
              <Table.Td style={{ overflowWrap: "anywhere" }}>{value}</Table.Td>
            </Table.Tr>
          ),
        )}
      </Table.Tbody>
    </Table>
  );
}

function readingOf({ format, compression, encoding, delimiter }: NonNullable<Import["reading"]>): string {
  return [
    FILE_FORMAT_WORDS[format],
    ...(format === "csv" ? [FILE_ENCODING_WORDS[encoding]] : []),
    ...(delimiter === null ? [] : [`cells between ${delimiter === "\t" ? "tabs" : `“${delimiter}”`}`]),
    ...(compression === "none" ? [] : [`packed with ${compression}`]),
  ].join(", ");
}

function Actions({ found: { id, state, replacedBy } }: { readonly found: Import }) {
  const mayEdit = useMayEdit();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const again = useMutation({
    mutationFn: async () =>
      dataOf(await api.POST("/api/v1/imports/{id}/run-again", { params: { path: { id } } })),
    onSuccess: async (queued) => {
      await queries.invalidateQueries({ queryKey: ["imports"] });
      await navigate({ to: "/imports/$id", params: { id: queued.id } });
    },
  });
  if (
    !mayEdit ||
    isUnderWay(state) ||
    state === "unchanged" ||
    state === "validated" ||
    replacedBy !== null
  ) {
    return null;
  }
  return (
    <>
      <ProblemAlert error={again.error} />
      <Button
        variant="default"
        loading={again.isPending}
        title="Take the rows in once more by the mapping of today; what they brought is replaced"
        onClick={() => again.mutate()}
      >
        Run again
      </Button>
    </>
  );
}
