import { Card, Group, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Moment } from "../../words/Moment.tsx";
import { counted, people } from "../../words/number.ts";
import { Movement } from "../Movement.tsx";
import type { AudienceView } from "../queries.ts";
import { isSavedSince } from "../saved-since.ts";

/** Size, what moved, and when it was looked at. */
export function AudienceFacts({ audience }: { readonly audience: AudienceView }) {
  const { size, lastDay, checkedAt, counted: refreshed, updatedAt, updatedBy } = audience;
  return (
    <Card withBorder padding="md">
      <Group gap={48} align="flex-start">
        <Fact label="People">
          <Text fz={28} lh={1.1} fw={600} style={{ fontVariantNumeric: "tabular-nums" }}>
            {counted(size)}
          </Text>
          {refreshed === null || isBefore(refreshed.at, checkedAt) ? null : (
            <Group gap={6}>
              <Text size="sm">A refresh counted {people(refreshed.size)}</Text>
              <Moment instant={refreshed.at} />
            </Group>
          )}
        </Fact>
        <Fact label="Last 24 hours, net">
          <Movement {...lastDay} />
          <Text size="sm" c="dimmed">
            Whoever joined and left again counts as neither.
          </Text>
        </Fact>
        <Fact label="Last checked">
          <Moment instant={checkedAt} />
          {isSavedSince(audience) ? (
            <Text size="sm" role="status">
              {checkedAt === null
                ? "Nobody belongs to it before its first check."
                : "It was saved since: who belongs to it is as before."}
            </Text>
          ) : null}
        </Fact>
        <Fact label="Last saved">
          <Moment instant={updatedAt} />
          <Text size="sm" c="dimmed" lineClamp={2} title={updatedBy} style={{ overflowWrap: "anywhere" }}>
            by <bdi>{updatedBy}</bdi>
          </Text>
        </Fact>
      </Group>
    </Card>
  );
}

function isBefore(instant: string, other: string | null): boolean {
  return other !== null && Date.parse(instant) < Date.parse(other);
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <Stack gap={4} maw={280}>
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      {children}
    </Stack>
  );
}
