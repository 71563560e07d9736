import { Badge, Group, Loader, Paper, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { AnchorLink } from "../shell/links.tsx";
import { ProblemAlert } from "../shell/ProblemAlert.tsx";
import { Moment } from "../words/Moment.tsx";
import { withLocalTimes } from "../words/time.ts";
import { type PersonInSegment, type Profile, profileSegmentsQuery } from "./queries.ts";
import { Section } from "./Section.tsx";

type State = NonNullable<PersonInSegment["state"]>;

const COLORS: Readonly<Record<State, string>> = {
  accepted: "teal",
  waiting: "blue",
  refused: "orange",
  withoutIdentifier: "gray",
  suppressed: "grape",
  leavingWaiting: "blue",
  leavingRefused: "orange",
  leavingHeld: "orange",
};

/** Where a person is sent: since when, why, what the destination answered, and what is next. */
export function Segments({ profile: { number, audiences } }: { readonly profile: Profile }) {
  const segments = useQuery(profileSegmentsQuery(number));
  const sent = new Set(segments.data?.map(({ audience }) => audience.id));
  const others = audiences.filter(({ id }) => !sent.has(id));
  return (
    <Section title="In these segments">
      <ProblemAlert error={segments.error} />
      {segments.isPending ? (
        <Loader size="sm" role="status" aria-label="Looking where this person is sent" />
      ) : null}
      {segments.data === undefined ? null : segments.data.length === 0 ? (
        <Text size="sm">In none: no activation sends this person anywhere.</Text>
      ) : (
        segments.data.map((segment) => (
          <Segment key={`${segment.activation.id} ${segment.audience.id}`} segment={segment} />
        ))
      )}
      {others.length === 0 || segments.data === undefined ? null : (
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          Also a member of {others.map(({ name }) => name).join(", ")}, which no activation carries.
        </Text>
      )}
    </Section>
  );
}

function Segment({ segment }: { readonly segment: PersonInSegment }) {
  const { audience, activation, state, stateText, memberSince, rule, steps, next } = segment;
  const answer = steps.find(({ name }) => name === "answer") ?? steps.find(({ name }) => name === "held");
  return (
    <Paper withBorder p="md">
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <Text fw={600} style={{ overflowWrap: "anywhere" }}>
            {audience.name}{" "}
            <Text span size="sm" fw={400} c="dimmed">
              in{" "}
              <AnchorLink to="/activations/$id" params={{ id: activation.id }} size="sm" underline="always">
                {activation.name}
              </AnchorLink>
            </Text>
          </Text>
          {state === null ? null : (
            <Badge
              variant="light"
              color={COLORS[state]}
              c="var(--mantine-color-text)"
              tt="none"
              radius="sm"
              style={{ flexShrink: 0 }}
            >
              {stateText}
            </Badge>
          )}
        </Group>
        <Fact name="Since">
          <Moment instant={memberSince} never="No member any more" />
        </Fact>
        {rule === null ? null : (
          <Fact name="Why">
            {rule.sentences.map((sentence) => (
              <Text size="sm" key={sentence} style={{ overflowWrap: "anywhere" }}>
                {withLocalTimes(sentence)}
              </Text>
            ))}
          </Fact>
        )}
        {answer === undefined ? null : (
          <Fact name="Ibexa">
            <Text size="sm">{withLocalTimes(answer.sentence)}</Text>
          </Fact>
        )}
        <Fact name="Next">
          <Group gap={6}>
            <Text size="sm">{withLocalTimes(next.sentence)}</Text>
            {next.at === null ? null : <Moment instant={next.at} />}
          </Group>
        </Fact>
      </Stack>
    </Paper>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <Group gap="sm" wrap="nowrap" align="flex-start">
      <Text size="sm" c="dimmed" w={56} style={{ flexShrink: 0 }}>
        {name}
      </Text>
      <div>{children}</div>
    </Group>
  );
}
