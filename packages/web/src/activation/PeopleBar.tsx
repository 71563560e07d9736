import { Box, Group, Progress, Stack, Text } from "@mantine/core";
import { PERSON_STATES, type PersonState } from "@peregrine/core";
import { AnchorLink } from "../shell/links.tsx";
import { counted } from "../words/number.ts";
import type { SegmentStatus } from "./queries.ts";

type Part = {
  readonly state: PersonState;
  readonly color: string;
  readonly of: (one: SegmentStatus) => number;
};

const MEMBERS: readonly Part[] = [
  { state: "accepted", color: "teal", of: ({ accepted }) => accepted },
  { state: "waiting", color: "blue", of: ({ waiting }) => waiting },
  { state: "refused", color: "orange", of: ({ refused }) => refused },
  { state: "withoutIdentifier", color: "gray", of: ({ withoutIdentifier }) => withoutIdentifier },
  { state: "suppressed", color: "grape", of: ({ suppressed }) => suppressed },
];
const LEAVERS: readonly Part[] = [
  { state: "leavingWaiting", color: "blue", of: ({ leaving }) => leaving.waiting },
  { state: "leavingRefused", color: "orange", of: ({ leaving }) => leaving.refused },
  { state: "leavingHeld", color: "yellow", of: ({ leaving }) => leaving.held },
];

interface Props {
  readonly id: string;
  readonly segments: readonly SegmentStatus[];
}

/** One bar over all current members, in parts that are lists of people; those who leave stand apart. */
export function PeopleBar({ id, segments }: Props) {
  const count = ({ of }: Part) => segments.reduce((total, segment) => total + of(segment), 0);
  const size = segments.reduce((total, segment) => total + segment.size, 0);
  const leavers = LEAVERS.filter((part) => count(part) > 0);
  if (size === 0 && leavers.length === 0) return null;
  const link = (part: Part) => (
    <Group key={part.state} gap={6} wrap="nowrap">
      <Box w={10} h={10} bg={`${part.color}.6`} style={{ borderRadius: 2 }} aria-hidden="true" />
      <AnchorLink
        to="/activations/$id/people"
        params={{ id }}
        search={{ audience: segments.find((one) => part.of(one) > 0)?.audienceId ?? "", state: part.state }}
        size="sm"
        c="inherit"
        underline="hover"
      >
        {PERSON_STATES[part.state]} <b>{counted(count(part))}</b>
      </AnchorLink>
    </Group>
  );
  return (
    <Stack gap="xs" mb="lg">
      {size === 0 ? null : (
        <Progress.Root size={14} radius="sm" aria-hidden="true">
          {MEMBERS.map((part) => (
            <Progress.Section key={part.state} value={(100 * count(part)) / size} color={`${part.color}.6`} />
          ))}
        </Progress.Root>
      )}
      <Group gap="md" component="section" aria-label="People by state">
        {size === 0 ? null : (
          <Text size="sm">
            <b>{counted(size)}</b> members
          </Text>
        )}
        {MEMBERS.map(link)}
      </Group>
      {leavers.length === 0 ? null : (
        <Group gap="lg" component="section" aria-label="People who leave">
          {leavers.map(link)}
        </Group>
      )}
    </Stack>
  );
}
