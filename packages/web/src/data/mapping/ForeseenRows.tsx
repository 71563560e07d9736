import { Alert, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { Marked } from "../../words/Marked.tsx";
import { counted, people } from "../../words/number.ts";
import { CountsSum } from "../CountsSum.tsx";
import { faultSentence } from "../fault-sentence.ts";
import type { SampleValidation } from "../queries.ts";
import { RefusedTable } from "../RefusedRows.tsx";

interface Props {
  /** Undefined while the rows are looked at. */
  readonly found: SampleValidation | undefined;
  /** The rows name people. */
  readonly hasPeople: boolean;
  /** What it can't be because of the faults. */
  readonly faultTitle: string;
}

const FEW = 10;

/** What all rows of a sample would become, as numbers that add up, and which would be refused. */
export function ForeseenRows({ found, hasPeople, faultTitle }: Props) {
  if (found === undefined) {
    return (
      <Group gap="sm" role="status">
        <Loader size="sm" aria-hidden="true" />
        <Text size="sm">All rows of the sample are looked at …</Text>
      </Group>
    );
  }
  return (
    <Stack gap="lg">
      <div>
        <Title order={2} size="h4" mb={4}>
          {hasPeople ? `The rows name ${people(found.people)}` : "What the rows become"}
        </Title>
        <Text size="sm" c="dimmed" mb="sm">
          {found.more
            ? `By the first ${counted(found.counts.read)} rows; there are more.`
            : "By all rows of the sample, which are only looked at."}
        </Text>
        <CountsSum counts={found.counts} isForeseen />
      </div>
      {found.tooManyRefused ? (
        <Alert color="red" title="Too many rows would be refused">
          An import with so many refused rows is not taken at all, so that a wrong mapping changes nothing.
          Correct the mapping, or the file.
        </Alert>
      ) : null}
      {found.refused.length === 0 ? null : (
        <Stack gap="xs">
          <Title order={3} size="h5">
            {found.counts.refused > FEW
              ? `The first of ${counted(found.counts.refused)} refused rows`
              : "Refused rows"}
          </Title>
          <RefusedTable rows={found.refused.slice(0, FEW)} />
        </Stack>
      )}
      {found.faults.length === 0 ? null : (
        <Alert color="red" role="alert" title={faultTitle}>
          {found.faults.map(({ path, message, remedy }) => (
            <Text size="sm" key={`${path} ${message}`}>
              <Marked text={faultSentence({ path, message, remedy })} />
            </Text>
          ))}
        </Alert>
      )}
    </Stack>
  );
}
