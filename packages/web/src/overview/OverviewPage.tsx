import { Button, Card, Grid, Group, Paper, SimpleGrid, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { hostOf } from "../activation/host.ts";
import { activationStatusesQuery, activationsQuery, type ShownActivation } from "../activation/queries.ts";
import { type Summary, summaryOf } from "../activation/summary.ts";
import { Movement } from "../audience/Movement.tsx";
import { type AudienceView, audiencesQuery } from "../audience/queries.ts";
import { dataflowsQuery, type Import, identifierProfilesQuery } from "../data/queries.ts";
import { StateBadge } from "../data/StateBadge.tsx";
import { AnchorLink } from "../shell/links.tsx";
import { PageTitle } from "../shell/PageTitle.tsx";
import { Age } from "../words/Age.tsx";
import { Marked } from "../words/Marked.tsx";
import { Moment } from "../words/Moment.tsx";
import { counted, percent } from "../words/number.ts";
import { FirstSteps } from "./FirstSteps.tsx";
import { type Need, needsOf } from "./needs.ts";
import { latestImportsQuery, PERSON_IDENTIFIER } from "./queries.ts";

/** What needs somebody, and how everything stands. */
export function OverviewPage() {
  const { data: activations } = useSuspenseQuery(activationsQuery);
  const { data: audiences } = useSuspenseQuery(audiencesQuery);
  const { data: userid } = useSuspenseQuery(identifierProfilesQuery(PERSON_IDENTIFIER));
  const { data: imports } = useQuery(latestImportsQuery);
  const { data: dataflows = [] } = useQuery(dataflowsQuery);
  const { data: known, error } = useQuery(activationStatusesQuery);
  const statuses = activations.flatMap(({ id }) => known?.get(id) ?? []);
  const unknown = known === undefined && activations.length > 0 ? error?.message : undefined;
  const needs = needsOf({ statuses, unknown, userid, audiences, dataflows });
  const names = new Map(dataflows.map(({ definition: { id, name = id } }) => [id, name]));
  const standings = activations.flatMap((activation) => {
    const status = known?.get(activation.id);
    const summary = summaryOf(status, hostOf(activation));
    return summary === undefined ? [] : [{ activation, summary, isPaused: status?.paused ?? false }];
  });
  const accepted = standings.reduce((sum, { summary }) => sum + summary.accepted, 0);
  const isWaited = standings.some(({ summary }) => summary.isWaiting);
  const moved = movedMost(audiences);
  const isKnown = statuses.length === activations.length;
  const isSetUp =
    userid.withIdentifier > 0 && audiences.length > 0 && activations.length > 0 && (accepted > 0 || !isKnown);
  return (
    <>
      <PageTitle title="Overview" />
      <Stack gap="xl">
        {isSetUp ? null : (
          <FirstSteps userid={userid} audiences={audiences} activations={activations} accepted={accepted} />
        )}
        {needs.length === 0 && !isSetUp ? null : (
          <section aria-label="Needs you">
            <Title order={2} size="h4" mb="sm">
              Needs you
            </Title>
            {needs.length === 0 ? (
              <Text>
                {!isKnown
                  ? "Looking how the activations stand …"
                  : isWaited
                    ? "Nothing for now."
                    : "Nothing. All is well."}
              </Text>
            ) : (
              <Stack gap="sm">
                {needs.map((need) => (
                  <NeedCard key={need.key} need={need} />
                ))}
              </Stack>
            )}
          </section>
        )}
        {activations.length === 0 ? null : <Wellness standings={standings} total={activations.length} />}
        <Grid gap="xl">
          {moved.length === 0 ? null : (
            <Grid.Col span={{ base: 12, xl: 6 }}>
              <MovedMost moved={moved} />
            </Grid.Col>
          )}
          <Grid.Col span={{ base: 12, xl: moved.length === 0 ? 12 : 6 }}>
            <Stack gap="xl">
              <SimpleGrid cols={{ base: 1, sm: 3 }}>
                <Figure label="Profiles" value={counted(userid.profiles)} />
                <Figure
                  label="Profiles with a userid"
                  value={userid.profiles === 0 ? "–" : percent(userid.withIdentifier / userid.profiles)}
                  note={`${counted(userid.withIdentifier)} of ${counted(userid.profiles)}`}
                />
                <Figure
                  label="Accepted by Ibexa"
                  value={isKnown ? counted(accepted) : "–"}
                  note="people, over all segments"
                />
              </SimpleGrid>
              {imports === undefined || imports.length === 0 ? null : (
                <LastImports imports={imports} names={names} />
              )}
            </Stack>
          </Grid.Col>
        </Grid>
      </Stack>
    </>
  );
}

interface LastImportsProps {
  readonly imports: readonly Import[];
  /** What dataflows are called, by their ids. */
  readonly names: ReadonlyMap<string, string>;
}

function LastImports({ imports, names }: LastImportsProps) {
  return (
    <section aria-label="Last imports">
      <Title order={2} size="h4" mb="sm">
        Last imports
      </Title>
      <Table.ScrollContainer minWidth={640}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>File or stream</Table.Th>
              <Table.Th>Dataflow</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th ta="right">Rows</Table.Th>
              <Table.Th ta="right">Refused</Table.Th>
              <Table.Th>When</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {imports.map(({ id, fileName, dataflowId, state, counts, createdAt }) => (
              <Table.Tr key={id}>
                <Table.Td style={{ overflowWrap: "anywhere" }}>
                  <AnchorLink to="/imports/$id" params={{ id }} size="sm" lineClamp={2} title={fileName}>
                    {fileName}
                  </AnchorLink>
                </Table.Td>
                <Table.Td style={{ overflowWrap: "anywhere" }}>
                  <AnchorLink to="/dataflows/$id" params={{ id: dataflowId }} size="sm">
                    {names.get(dataflowId) ?? dataflowId}
                  </AnchorLink>
                </Table.Td>
                <Table.Td>
                  <StateBadge state={state} />
                </Table.Td>
                <Table.Td ta="right">{counts === null ? "–" : counted(counts.read)}</Table.Td>
                <Table.Td ta="right">{counts === null ? "–" : counted(counts.refused)}</Table.Td>
                <Table.Td>
                  <Moment instant={createdAt} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  );
}

function NeedCard({ need: { title, detail, action, to } }: { readonly need: Need }) {
  const navigate = useNavigate();
  const open = () => {
    if (to.page === "wizard") return navigate({ to: "/activations/new/ibexa" });
    if (to.page === "activations") return navigate({ to: "/activations" });
    if (to.page === "import") return navigate({ to: "/imports/$id", params: { id: to.id } });
    if (to.page === "audience") return navigate({ to: "/audiences/$id", params: { id: to.id } });
    const search = to.tab === undefined ? {} : { tab: to.tab };
    return navigate({ to: "/activations/$id", params: { id: to.id }, search });
  };
  return (
    <Paper withBorder p="md">
      <Group justify="space-between" wrap="nowrap" gap="md">
        <div style={{ overflowWrap: "anywhere" }}>
          <Text fw={600}>{title}</Text>
          <Text size="sm">
            <Marked text={detail} />
          </Text>
        </div>
        <Button variant="default" style={{ flexShrink: 0 }} onClick={() => void open()}>
          {action}
        </Button>
      </Group>
    </Paper>
  );
}

const SHOWN = 5;

/** The audiences that moved most in 24 hours. */
function movedMost(audiences: readonly AudienceView[]): readonly AudienceView[] {
  return audiences
    .filter(({ lastDay }) => lastDay.joined + lastDay.left > 0)
    .toSorted((one, other) => total(other) - total(one))
    .slice(0, SHOWN);
}

function MovedMost({ moved }: { readonly moved: readonly AudienceView[] }) {
  return (
    <section aria-label="Moved most in 24 hours">
      <Title order={2} size="h4" mb="sm">
        Moved most in 24 hours
      </Title>
      <Table.ScrollContainer minWidth={480}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Audience</Table.Th>
              <Table.Th ta="right">Size</Table.Th>
              <Table.Th ta="right">Joined and left, net</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {moved.map(({ id, name, size, lastDay }) => (
              <Table.Tr key={id}>
                <Table.Td style={{ overflowWrap: "anywhere" }}>
                  <AnchorLink
                    to="/audiences/$id"
                    params={{ id }}
                    size="sm"
                    dir="auto"
                    lineClamp={3}
                    title={name}
                  >
                    {name}
                  </AnchorLink>
                </Table.Td>
                <Table.Td ta="right">{counted(size)}</Table.Td>
                <Table.Td ta="right">
                  <Movement joined={lastDay.joined} left={lastDay.left} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  );
}

function total({ lastDay }: AudienceView): number {
  return lastDay.joined + lastDay.left;
}

interface Standing {
  readonly activation: ShownActivation;
  readonly summary: Summary;
  readonly isPaused: boolean;
}

interface WellnessProps {
  /** Of the activations of which it is known. */
  readonly standings: readonly Standing[];
  readonly total: number;
}

/** How many activations are as they should be, and for whose destination is waited. */
function Wellness({ standings, total }: WellnessProps) {
  const well = standings.filter(({ summary }) => !summary.isWorrying && !summary.isWaiting).length;
  const waiting = standings.filter(({ summary }) => summary.isWaiting);
  // What is paused waits because somebody wants it to.
  const oldest = standings
    .filter(({ isPaused }) => !isPaused)
    .map(({ summary }) => summary.oldestUnsentAt)
    .filter((at) => at !== null)
    .toSorted()
    .at(0);
  const all = total === 1 ? "1 activation" : `${counted(total)} activations`;
  const isKnown = standings.length === total;
  return (
    <section aria-label="Activations">
      <Group gap={6}>
        <AnchorLink
          to="/activations"
          fw={600}
          // Links are green, which would say that all is well.
          {...(isKnown && well < total ? { c: "inherit", underline: "always" as const } : {})}
        >
          {!isKnown ? all : well === total ? `${all} well` : `${counted(well)} of ${all} well`}
        </AnchorLink>
        {oldest === undefined ? (
          // While one isn't known it may be that one in which something waits.
          isKnown ? (
            <Text>· nothing unsent</Text>
          ) : null
        ) : (
          <>
            <Text>· oldest unsent change</Text>
            <Age instant={oldest} size="md" />
          </>
        )}
      </Group>
      <Stack gap="xs" component="ul" p={0} m={0} aria-live="polite" style={{ listStyle: "none" }}>
        {waiting.map(({ activation: { id, name }, summary: { reason } }) => (
          <li key={id} style={{ overflowWrap: "anywhere" }}>
            <AnchorLink to="/activations/$id" params={{ id }} dir="auto" lineClamp={3} title={name}>
              {name}
            </AnchorLink>
            <Text size="sm">{reason === undefined ? null : <Marked text={reason} />}</Text>
          </li>
        ))}
      </Stack>
    </section>
  );
}

interface FigureProps {
  readonly label: string;
  readonly value: string;
  readonly note?: string;
}

function Figure({ label, value, note }: FigureProps) {
  return (
    <Card withBorder padding="md">
      <Text size="sm">{label}</Text>
      <Text size="xl" fw={700}>
        {value}
      </Text>
      {note === undefined ? null : <Text size="sm">{note}</Text>}
    </Card>
  );
}
