import { Badge, Group, List, Loader, Paper, Select, Stack, Text } from "@mantine/core";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { audiencesQuery } from "../audience/queries.ts";
import { ProblemAlert } from "../shell/ProblemAlert.tsx";
import { withLocalTimes } from "../words/time.ts";
import { type Profile, whyQuery } from "./queries.ts";
import { Section } from "./Section.tsx";

/** Why a person is not in an audience: which of its conditions decided, with what they saw. */
export function WhyNot({ profile: { number, audiences: memberships } }: { readonly profile: Profile }) {
  const { why = "" } = useSearch({ from: "/shell/profiles/$number" });
  const navigate = useNavigate();
  const { data: audiences } = useSuspenseQuery(audiencesQuery);
  const isMember = (id: string) => memberships.some((one) => one.id === id);
  const others = audiences.filter(({ id }) => !isMember(id) || id === why);
  const explanation = useQuery({ ...whyQuery(number, why), enabled: why !== "" });
  if (others.length === 0) return null;
  return (
    <Section title="Why not in …?">
      <Select
        label="Audience"
        placeholder="Choose an audience"
        searchable
        clearable
        maw={420}
        data={others.map(({ id, name }) => ({ value: id, label: name }))}
        value={why === "" ? null : why}
        onChange={(value) =>
          void navigate({
            to: "/profiles/$number",
            params: { number },
            search: value === null ? {} : { why: value },
            replace: true,
            resetScroll: false,
          })
        }
      />
      <ProblemAlert error={why === "" ? null : explanation.error} />
      {why !== "" && explanation.isPending ? (
        <Loader size="sm" role="status" aria-label="Looking at the rule" />
      ) : null}
      {why === "" || explanation.data === undefined ? null : (
        <Paper withBorder p="md">
          <Stack gap="xs">
            <Group gap="sm">
              <Badge
                variant="light"
                color={explanation.data.holds ? "teal" : "gray"}
                c="var(--mantine-color-text)"
                tt="none"
                radius="sm"
              >
                {explanation.data.holds ? "The rule holds" : "The rule does not hold"}
              </Badge>
              {explanation.data.membership?.agrees === false ? (
                <Text size="sm">The audience has not been checked since; it will follow.</Text>
              ) : null}
            </Group>
            <List size="sm" spacing={4}>
              {explanation.data.sentences.map((sentence) => (
                <List.Item key={sentence} style={{ overflowWrap: "anywhere" }}>
                  {withLocalTimes(sentence)}
                </List.Item>
              ))}
            </List>
          </Stack>
        </Paper>
      )}
    </Section>
  );
}
