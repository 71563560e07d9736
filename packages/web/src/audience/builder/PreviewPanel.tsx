import { Alert, Box, Card, Divider, Group, Loader, Progress, Stack, Text, Title } from "@mantine/core";
import { type AudienceNames, describeRule, parseRule } from "@peregrine/core";
import { capitalised } from "../../words/capitalised.ts";
import { counted, people } from "../../words/number.ts";
import { personDetail, personName } from "../person-words.ts";
import type { AudiencePreview, PreviewPerson } from "../queries.ts";
import type { DraftPreview } from "./use-preview.ts";

/** So many people are shown. */
const PEOPLE = 10;
/** So many of those who would join or leave are named. */
const NAMED = 5;

interface Props {
  readonly draft: DraftPreview;
  readonly rule: unknown;
  readonly names: AudienceNames;
  /** Something is still to be filled in. */
  readonly isUnfinished: boolean;
}

/** Whom the rule finds, always beside it. */
export function PreviewPanel({ draft, rule, names, isUnfinished }: Props) {
  const { preview, isStale, isCounting, error } = draft;
  return (
    <Card withBorder padding="md" component="aside" aria-label="Whom the rule finds">
      <Stack gap="md">
        <Box aria-live="polite">
          <Size preview={preview} isStale={isStale} isCounting={isCounting} />
          <Standing draft={draft} isUnfinished={isUnfinished} />
        </Box>
        {error === null ? null : (
          <Alert color="orange" variant="light" p="xs">
            <Text size="sm">
              {error.message} Your rule is still here; it is counted again when you change it.
            </Text>
          </Alert>
        )}
        {preview === undefined ? null : (
          <Stack gap="md">
            <Share preview={preview} />
            <Change preview={preview} />
          </Stack>
        )}
        <Sentence rule={rule} names={names} />
        {preview === undefined ? null : (
          <Stack gap="md">
            <Some preview={preview} />
          </Stack>
        )}
      </Stack>
    </Card>
  );
}

function Size({
  preview,
  isStale,
  isCounting,
}: {
  readonly preview: AudiencePreview | undefined;
  readonly isStale: boolean;
  readonly isCounting: boolean;
}) {
  return (
    <Group gap="sm" align="center">
      <Text
        fz={32}
        lh={1.1}
        fw={600}
        c={isStale ? "dimmed" : "inherit"}
        style={{ fontVariantNumeric: "tabular-nums" }}
      >
        {preview === undefined ? "–" : sizeText(preview)}
      </Text>
      {isCounting ? <Loader size="xs" color="gray" aria-hidden="true" /> : null}
    </Group>
  );
}

/** "12,480 people", or of an estimate "about 12,480 people". */
export function sizeText({ size, exact }: AudiencePreview): string {
  return exact ? people(size) : `about ${people(size)}`;
}

function Standing({ draft, isUnfinished }: { readonly draft: DraftPreview; readonly isUnfinished: boolean }) {
  const { preview, isCounting, isStale, faults } = draft;
  const words = isUnfinished
    ? preview === undefined
      ? "Add a condition and fill it in: then people are counted."
      : "As it was before. Fill in what is missing, and it is counted again."
    : faults.size > 0
      ? "As it was before. One of the conditions has a fault."
      : isCounting
        ? isStale || preview === undefined
          ? "Counting …"
          : preview.exact
            ? "now fit this rule; who would join and leave is being counted …"
            : `± ${counted(preview.margin)}, by a sample; everybody is being counted …`
        : isStale
          ? "As it was before."
          : "now fit this rule";
  return (
    <Text size="sm" c="dimmed">
      {words}
    </Text>
  );
}

function Share({ preview }: { readonly preview: AudiencePreview }) {
  const { size, personIdentifier, withoutIdentifier, exact } = preview;
  if (personIdentifier === null || size === 0) return null;
  const having = size - withoutIdentifier;
  const share = (100 * having) / size;
  return (
    <Stack gap={6}>
      <Progress value={share} size="sm" color="teal" aria-hidden="true" />
      <Text size="sm">
        <b>{shareText(share)}</b> have a {personIdentifier}
        {exact ? `: ${counted(having)} of ${counted(size)}` : ""}
      </Text>
    </Stack>
  );
}

/** "97%"; never 100 or 0 where it isn't all or nobody. */
function shareText(share: number): string {
  const rounded = share > 0 && share < 1 ? 1 : share > 99 && share < 100 ? 99 : Math.round(share);
  return `${rounded}%`;
}

function Change({ preview }: { readonly preview: AudiencePreview }) {
  const { change, personIdentifier } = preview;
  if (change === null) return null;
  const { joins, leaves, members } = change;
  if (joins.size === 0 && leaves.size === 0) {
    return <Text size="sm">The {counted(members)} members stay; nobody joins.</Text>;
  }
  return (
    <Stack gap="xs">
      <Moving title={`${people(joins.size)} would join`} of={joins} identifier={personIdentifier} />
      <Moving title={`${people(leaves.size)} would leave`} of={leaves} identifier={personIdentifier} />
    </Stack>
  );
}

interface MovingProps {
  readonly title: string;
  readonly of: { readonly size: number; readonly people: readonly PreviewPerson[] };
  readonly identifier: string | null;
}

function Moving({ title, of, identifier }: MovingProps) {
  if (of.size === 0) return null;
  const named = of.people.slice(0, NAMED);
  const more = of.size - named.length;
  return (
    <Box>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
        {named.map((person) => `${personName(person)}${identified(person, identifier)}`).join(", ")}
        {more > 0 ? ` and ${counted(more)} more` : ""}
      </Text>
    </Box>
  );
}

/** Whoever joins or leaves without an identifier is not sent. */
function identified(person: PreviewPerson, identifier: string | null): string {
  return identifier !== null && person.identifiers[identifier] === undefined ? ` (no ${identifier})` : "";
}

function Sentence({ rule, names }: { readonly rule: unknown; readonly names: AudienceNames }) {
  const parsed = parseRule(rule);
  if ("faults" in parsed) return null;
  return (
    <Box>
      <Title order={2} size="h6" mb={4}>
        In words
      </Title>
      <Text size="sm" style={{ overflowWrap: "anywhere" }} lineClamp={12}>
        {capitalised(describeRule(parsed.ok, names))}
      </Text>
    </Box>
  );
}

function Some({ preview }: { readonly preview: AudiencePreview }) {
  const { people: found, personIdentifier, size } = preview;
  if (found.length === 0) return null;
  const shown = found.slice(0, PEOPLE);
  return (
    <Box>
      <Divider mb="sm" />
      <Title order={2} size="h6" mb={4}>
        {shown.length === size ? "Who they are" : "Some of them"}
      </Title>
      <Stack gap={4} component="ul" m={0} p={0} style={{ listStyle: "none" }}>
        {shown.map((person) => (
          <Group key={person.profile} component="li" justify="space-between" wrap="nowrap" gap="xs">
            <Text size="sm" truncate="end" dir="auto">
              {personName(person)}
            </Text>
            <Text size="xs" c="dimmed" style={{ whiteSpace: "nowrap" }}>
              {personDetail(person, personIdentifier)}
            </Text>
          </Group>
        ))}
      </Stack>
    </Box>
  );
}
