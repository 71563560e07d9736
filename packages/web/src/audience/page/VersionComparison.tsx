import { Alert, List, Loader, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "../../api/schemas.ts";
import { ProblemAlert } from "../../shell/ProblemAlert.tsx";
import { comparisonQuery } from "../queries.ts";
import { shownValue } from "../shown-value.ts";

type RuleDifference = Schemas["RuleDifference"];

interface Props {
  readonly id: string;
  readonly from: number;
  readonly to: number;
}

/** What became of a version, part by part and in words. */
export function VersionComparison({ id, from, to }: Props) {
  const { data, error } = useQuery(comparisonQuery(id, from, to));
  if (error !== null) return <ProblemAlert error={error} />;
  if (data === undefined) return <Loader size="sm" mt="sm" aria-label="Comparing" />;
  const lines = [
    ...data.fields.map(({ field, before, after }) => ({
      key: field,
      text: `${field}: ${worded(before)} → ${worded(after)}`,
    })),
    ...(data.rule ?? []).map((one) => ({
      key: `${one.action} ${one.path} ${one.before}`,
      text: DIFFERENCES[one.action](one),
    })),
  ];
  return (
    <Alert
      color="gray"
      variant="light"
      mt="sm"
      c="var(--mantine-color-text)"
      role="region"
      aria-label="Comparison"
    >
      <Text size="sm" fw={600} mb={4}>
        From version {from} to version {to}
      </Text>
      {lines.length === 0 ? <Text size="sm">They are the same.</Text> : null}
      {data.rule === null ? (
        <Text size="sm">The rules differ; one of them can’t be put into words.</Text>
      ) : null}
      <List size="sm" style={{ overflowWrap: "anywhere" }}>
        {lines.map(({ key, text }) => (
          <List.Item key={key}>{text}</List.Item>
        ))}
      </List>
    </Alert>
  );
}

const DIFFERENCES: Readonly<Record<RuleDifference["action"], (one: RuleDifference) => string>> = {
  added: ({ after }) => `Added: ${after}`,
  removed: ({ before }) => `Removed: ${before}`,
  changed: ({ before, after }) => `${before} → ${after}`,
  reordered: () => "The order of the conditions, which changes nobody",
};

function worded(value: unknown): string {
  if (value !== null && typeof value === "object" && !Array.isArray(value)) return JSON.stringify(value);
  const text = shownValue(value);
  return text === "" ? "nothing" : `“${text}”`;
}
