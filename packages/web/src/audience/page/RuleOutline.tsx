import { Box, Group, Stack, Text } from "@mantine/core";
import { type AudienceNames, describeRule, parseRule, RULE_LABELS, type Rule } from "@peregrine/core";
import { capitalised } from "../../words/capitalised.ts";
import { people } from "../../words/number.ts";

interface Props {
  readonly rule: unknown;
  readonly names: AudienceNames;
  /** How many people each node finds by itself, by its path; empty while they are being counted. */
  readonly sizes: ReadonlyMap<string, number>;
}

/** A rule as an outline: a line for each condition, with how many people it finds by itself. */
export function RuleOutline({ rule, names, sizes }: Props) {
  const parsed = parseRule(rule);
  if ("faults" in parsed) return <Text>This rule can’t be shown here: {parsed.faults[0]?.message}.</Text>;
  return <Node rule={parsed.ok} path="" place="" names={names} sizes={sizes} />;
}

interface NodeProps extends Omit<Props, "rule"> {
  readonly rule: Rule;
  /** Where the node begins, its `not` included. */
  readonly path: string;
  /** Where the node itself stands. */
  readonly place: string;
  readonly isNegated?: boolean;
}

function Node({ rule, path, place, names, sizes, isNegated = false }: NodeProps) {
  const group = "all" in rule ? rule.all : "any" in rule ? rule.any : undefined;
  if (group !== undefined) {
    const word = "all" in rule ? "all" : "any";
    const label = isNegated ? RULE_LABELS.opposite[word] : RULE_LABELS.node[word];
    return (
      <Stack gap={6}>
        <Line words={capitalised(label)} size={sizes.get(path)} isHead />
        <Box pl="md" style={{ borderInlineStart: "2px solid var(--mantine-color-default-border)" }}>
          <Stack gap={6}>
            {group.map((branch, at) => {
              const below = `${place}/${word}/${at}`;
              return (
                <Node key={below} rule={branch} path={below} place={below} names={names} sizes={sizes} />
              );
            })}
          </Stack>
        </Box>
      </Stack>
    );
  }
  const inner = "not" in rule ? rule.not : undefined;
  if (inner !== undefined && !isNegated && ("all" in inner || "any" in inner)) {
    return <Node rule={inner} path={path} place={`${place}/not`} names={names} sizes={sizes} isNegated />;
  }
  return <Line words={capitalised(describeRule(rule, names))} size={sizes.get(path)} />;
}

interface LineProps {
  readonly words: string;
  readonly size: number | undefined;
  readonly isHead?: boolean;
}

function Line({ words, size, isHead = false }: LineProps) {
  return (
    <Group justify="space-between" wrap="nowrap" gap="lg" align="baseline">
      <Text size="sm" fw={isHead ? 600 : 400} style={{ overflowWrap: "anywhere" }}>
        {words}
      </Text>
      <Text size="sm" c="dimmed" style={{ whiteSpace: "nowrap", fontVariantNumeric: "tabular-nums" }}>
        {size === undefined ? "…" : people(size)}
      </Text>
    </Group>
  );
}
