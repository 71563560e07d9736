import { Badge, Button, Card, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client.ts";
import { ProblemAlert } from "../../shell/ProblemAlert.tsx";
import { Moment } from "../../words/Moment.tsx";
import { type AudienceVersion, versionsQuery } from "../queries.ts";
import { VersionComparison } from "./VersionComparison.tsx";

interface Props {
  readonly id: string;
  /** The version that holds now. */
  readonly current: number;
  readonly mayRestore: boolean;
  readonly onRestored?: () => void;
}

/** What the fields are called where it is said that they changed. */
const FIELD_WORDS: Readonly<Record<string, string>> = {
  name: "name",
  description: "description",
  tags: "tags",
  rule: "rule",
  check: "when it is checked",
};

/** What the audience was at each save, the latest first; each can be compared with now, and restored. */
export function VersionHistory({ id, current, mayRestore, onRestored }: Props) {
  const { data: versions } = useSuspenseQuery(versionsQuery(id));
  const [compared, setCompared] = useState<number | null>(null);
  const queries = useQueryClient();
  const restore = useMutation({
    mutationFn: (version: number) =>
      api.POST("/api/v1/audiences/{id}/versions/{version}/restore", {
        params: { path: { id, version } },
      }),
    onSuccess: async () => {
      setCompared(null);
      await queries.invalidateQueries({ queryKey: ["audiences"] });
      onRestored?.();
    },
  });
  return (
    <Stack gap="sm">
      <ProblemAlert error={restore.error} />
      {versions.map((one) => (
        <Card
          key={one.version}
          withBorder
          padding="sm"
          component="article"
          aria-label={`Version ${one.version}`}
        >
          <Group justify="space-between" align="flex-start" wrap="nowrap" gap="lg">
            <Stack gap={4} miw={0}>
              <Group gap="xs">
                <Text fw={600} size="sm">
                  Version {one.version}
                </Text>
                {one.version === current ? (
                  <Badge variant="light" tt="none" radius="sm" c="var(--mantine-color-text)">
                    Now
                  </Badge>
                ) : null}
                <Moment instant={one.at} />
                <Text size="sm" lineClamp={2} style={{ overflowWrap: "anywhere" }}>
                  by <bdi>{one.by}</bdi>
                </Text>
              </Group>
              <Text size="sm" style={{ overflowWrap: "anywhere" }}>
                {whatChanged(one)}
              </Text>
              {one.sentence === null ? null : (
                <Text size="sm" c="dimmed" lineClamp={3} style={{ overflowWrap: "anywhere" }}>
                  {one.sentence}
                </Text>
              )}
            </Stack>
            {one.version === current || one.deleted ? null : (
              <Group gap="xs" wrap="nowrap" style={{ flexShrink: 0 }}>
                <Button
                  size="xs"
                  variant="default"
                  aria-expanded={compared === one.version}
                  aria-label={`Compare version ${one.version} with now`}
                  onClick={() => setCompared(compared === one.version ? null : one.version)}
                >
                  Compare
                </Button>
                {mayRestore ? (
                  <Button
                    size="xs"
                    variant="default"
                    aria-label={`Restore version ${one.version}`}
                    loading={restore.isPending && restore.variables === one.version}
                    onClick={() => restore.mutate(one.version)}
                  >
                    Restore
                  </Button>
                ) : null}
              </Group>
            )}
          </Group>
          {compared === one.version ? <VersionComparison id={id} from={one.version} to={current} /> : null}
        </Card>
      ))}
    </Stack>
  );
}

function whatChanged({ deleted, changed, version }: AudienceVersion): string {
  if (deleted) return "Deleted";
  if (version === 1) return "Created";
  if (changed.length === 0) return "Saved";
  return `Changed: ${changed.map((field) => FIELD_WORDS[field] ?? field).join(", ")}`;
}
