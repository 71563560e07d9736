import { Group, Pagination, Select, Stack, Table, Text } from "@mantine/core";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { activationsQuery } from "../activation/queries.ts";
import { useMayEdit } from "../session/use-may-edit.ts";
import { AnchorLink, ButtonLink } from "../shell/links.tsx";
import { PageTitle } from "../shell/PageTitle.tsx";
import { SearchField } from "../shell/SearchField.tsx";
import { Moment } from "../words/Moment.tsx";
import { counted } from "../words/number.ts";
import { StartCards } from "./builder/StartCards.tsx";
import { type AudienceSearch, findAudiences, tagsOf } from "./find-audiences.ts";
import { Movement } from "./Movement.tsx";
import { type AudienceView, audiencesQuery, catalogQuery } from "./queries.ts";
import { catalogIndex } from "./rule/catalog-index.ts";
import { Tags } from "./Tags.tsx";
import { type Usage, usages } from "./usage.ts";

/** So many rows are shown at once. */
const ROWS = 50;

/** All audiences with their sizes, what moved within a day, and where they are used. */
export function AudienceList() {
  const { data: audiences } = useSuspenseQuery(audiencesQuery);
  const mayEdit = useMayEdit();
  return (
    <>
      <PageTitle
        title="Audiences"
        actions={mayEdit ? <ButtonLink to="/audiences/new">Create audience</ButtonLink> : undefined}
      />
      {audiences.length === 0 ? <NoAudience /> : <Found audiences={audiences} />}
    </>
  );
}

function NoAudience() {
  const mayEdit = useMayEdit();
  return (
    <Stack gap="md" maw={960}>
      <Stack gap={4}>
        <Text fw={600}>There is no audience yet</Text>
        <Text>
          An audience is a group of people by a rule, such as “bought within a year and not within 90 days”.
          It keeps itself up to date, and an activation carries it to Ibexa.
        </Text>
      </Stack>
      {mayEdit ? <Starts /> : null}
    </Stack>
  );
}

function Starts() {
  const { data: catalog } = useQuery(catalogQuery);
  return catalog === undefined ? null : <StartCards catalog={catalogIndex(catalog)} />;
}

function Found({ audiences }: { readonly audiences: readonly AudienceView[] }) {
  const search = useSearch({ from: "/shell/audiences" });
  const navigate = useNavigate({ from: "/audiences" });
  const { data: activations } = useQuery(activationsQuery);
  const found = findAudiences(audiences, search);
  const pages = Math.max(1, Math.ceil(found.length / ROWS));
  const page = Math.min(search.page ?? 1, pages);
  const rows = found.slice((page - 1) * ROWS, page * ROWS);
  const used = activations === undefined ? undefined : usages(audiences, activations);
  const narrow = (patch: AudienceSearch) =>
    void navigate({ search: ({ page: _, ...kept }) => ({ ...kept, ...patch }), replace: true });
  return (
    <Stack gap="md">
      <Filters audiences={audiences} search={search} narrow={narrow} />
      <Text size="sm" aria-live="polite">
        {found.length === audiences.length
          ? `${counted(found.length)} ${found.length === 1 ? "audience" : "audiences"}`
          : `${counted(found.length)} of ${counted(audiences.length)} audiences`}
      </Text>
      {found.length === 0 ? (
        <Text>No audience fits. Search for something else, or clear the tag.</Text>
      ) : null}
      {found.length === 0 ? null : <Rows rows={rows} used={used} />}
      {pages === 1 ? null : (
        <Pagination
          total={pages}
          value={page}
          onChange={(to) => narrow({ page: to })}
          getControlProps={(control) => ({ "aria-label": `${control} page` })}
          getItemProps={(item) => ({ "aria-label": `Page ${item}` })}
        />
      )}
    </Stack>
  );
}

interface FiltersProps {
  readonly audiences: readonly AudienceView[];
  readonly search: AudienceSearch;
  readonly narrow: (patch: AudienceSearch) => void;
}

function Filters({ audiences, search, narrow }: FiltersProps) {
  const { q, tag = null } = search;
  return (
    <Group align="flex-end" gap="md">
      <SearchField placeholder="Name, description or tag" text={q} onSearch={(text) => narrow({ q: text })} />
      <Select
        label="Tag"
        placeholder="All tags"
        clearable
        searchable
        w={220}
        data={[...tagsOf(audiences)]}
        value={tag}
        onChange={(value) => narrow({ tag: value ?? undefined })}
        clearButtonProps={{ "aria-label": "Clear the tag" }}
        nothingFoundMessage="No such tag"
      />
    </Group>
  );
}

interface RowsProps {
  readonly rows: readonly AudienceView[];
  /** Undefined as long as it isn't known. */
  readonly used: ReadonlyMap<string, Usage> | undefined;
}

function Rows({ rows, used }: RowsProps) {
  return (
    <Table.ScrollContainer minWidth={720}>
      <Table verticalSpacing="sm" highlightOnHover layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w="44%">Name</Table.Th>
            <Table.Th ta="right" w="11%">
              Size
            </Table.Th>
            <Table.Th ta="right" w="13%">
              Last 24 hours, net
            </Table.Th>
            <Table.Th w="18%">Used in</Table.Th>
            <Table.Th w="14%">Last checked</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((audience) => (
            <Row
              key={audience.id}
              audience={audience}
              usage={used === undefined ? "unknown" : used.get(audience.id)}
            />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

interface RowProps {
  readonly audience: AudienceView;
  /** Undefined: it is used nowhere. */
  readonly usage: Usage | "unknown" | undefined;
}

function Row({ audience, usage }: RowProps) {
  const { id, name, tags, sentence, size, lastDay, checkedAt, error } = audience;
  return (
    <Table.Tr>
      <Table.Td style={{ overflowWrap: "anywhere", verticalAlign: "top" }}>
        <Stack gap={4}>
          <AnchorLink
            to="/audiences/$id"
            params={{ id }}
            fw={600}
            dir="auto"
            style={{ alignSelf: "flex-start" }}
          >
            {name}
          </AnchorLink>
          <Text size="sm" lineClamp={2} c={error === null ? "dimmed" : "var(--mantine-color-error)"}>
            {error === null ? sentence : error.detail}
          </Text>
          <Tags tags={tags} />
        </Stack>
      </Table.Td>
      <Table.Td ta="right" style={NUMBER}>
        {counted(size)}
      </Table.Td>
      <Table.Td ta="right" style={NUMBER}>
        <Movement {...lastDay} />
      </Table.Td>
      <Table.Td style={{ overflowWrap: "anywhere", verticalAlign: "top" }}>
        <UsedIn usage={usage} />
      </Table.Td>
      <Table.Td style={{ verticalAlign: "top" }}>
        <Moment instant={checkedAt} />
      </Table.Td>
    </Table.Tr>
  );
}

const NUMBER = { verticalAlign: "top", fontVariantNumeric: "tabular-nums" } as const;
/** So many activations are named; how many more there are is said. */
const NAMED = 2;

function UsedIn({ usage }: Pick<RowProps, "usage">) {
  if (usage === "unknown") return <Text size="sm">…</Text>;
  if (usage === undefined) {
    return (
      <Text size="sm" c="dimmed">
        Nowhere yet
      </Text>
    );
  }
  const { activations, audiences } = usage;
  const more = activations.length - NAMED;
  return (
    <Stack gap={2}>
      {activations.slice(0, NAMED).map(({ id, name }) => (
        <AnchorLink
          key={id}
          to="/activations/$id"
          params={{ id }}
          size="sm"
          dir="auto"
          lineClamp={3}
          title={name}
        >
          {name}
        </AnchorLink>
      ))}
      {more > 0 ? <Text size="sm">and {more} more</Text> : null}
      {audiences.length === 0 ? null : (
        <Text size="sm">
          {audiences.length === 1 ? "1 other audience" : `${audiences.length} other audiences`}
        </Text>
      )}
    </Stack>
  );
}
