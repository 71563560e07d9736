import { Alert, Group, Paper, Select, Text, Title } from "@mantine/core";
import { FILE_ENCODING_WORDS, FILE_FORMAT_WORDS } from "@peregrine/core/data-words";
import { remedyOf } from "@peregrine/core/error";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, dataOf } from "../../api/client.ts";
import { ProblemAlert } from "../../shell/ProblemAlert.tsx";
import { counted } from "../../words/number.ts";
import { type Sample, sampleQuery } from "../queries.ts";

interface Props {
  readonly sample: Sample;
  readonly onChanged: () => void;
}

type Source = Sample["source"];

const DELIMITERS = [
  { value: ",", label: "Comma  ," },
  { value: ";", label: "Semicolon  ;" },
  { value: "\t", label: "Tab" },
  { value: "|", label: "Bar  |" },
];
const HEADERS = [
  { value: "true", label: "Names the columns" },
  { value: "false", label: "Is a row already" },
];
const EMPTY_CELLS: Readonly<Record<Source["emptyCells"], string>> = {
  absent: "Nothing is known",
  null: "Known to be nothing",
  empty: "An empty text",
};
const optionsOf = <Value extends string>(words: Readonly<Record<Value, string>>) =>
  (Object.entries(words) as [Value, string][]).map(([value, label]) => ({ value, label }));

const FORMATS = optionsOf(FILE_FORMAT_WORDS).filter(({ value }) => value !== "stream");
const ENCODINGS = optionsOf(FILE_ENCODING_WORDS);
const CELLS = optionsOf(EMPTY_CELLS);

/** What a file was recognised as, to be corrected where that is wrong. */
export function SampleReading({ sample, onChanged }: Props) {
  const { id, fileName, reading, source, error, read, more, refused } = sample;
  const queries = useQueryClient();
  const describe = useMutation({
    mutationFn: async (patch: Partial<Source>) =>
      dataOf(
        await api.PUT("/api/v1/samples/{id}/source", {
          params: { path: { id }, query: { rows: 20 } },
          body: { ...source, ...patch },
        }),
      ),
    onSuccess: (described) => {
      queries.setQueryData(sampleQuery(id).queryKey, described);
      onChanged();
    },
  });
  const format = source.format ?? (reading?.format === "stream" ? undefined : reading?.format);
  const isCsv = format === "csv";
  const pick = <Value extends string>(
    label: string,
    data: readonly { readonly value: Value; readonly label: string }[],
    value: string | undefined,
    patch: (value: Value) => Partial<Source>,
  ) => (
    <Select
      label={label}
      data={data}
      value={value ?? null}
      allowDeselect={false}
      disabled={describe.isPending}
      w={200}
      onChange={(chosen) => {
        const found = data.find((one) => one.value === chosen);
        if (found !== undefined) describe.mutate(patch(found.value));
      }}
    />
  );
  return (
    <Paper withBorder p="md">
      <Title order={2} size="h5" style={{ overflowWrap: "anywhere" }}>
        {fileName}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {reading === null ? (
          "It can’t be read as it is. Say how it is written where you know it, or choose another file."
        ) : (
          <>
            {more ? `The first ${counted(read)} rows were looked at` : `${counted(read)} rows`}
            {refused.rows === 0 ? "" : `, and ${counted(refused.rows)} more that can’t be read`}. This is how
            the file was recognised; correct it where it is wrong.
          </>
        )}
      </Text>
      <Group gap="md" align="flex-end">
        {pick("Format", FORMATS, format, (value) =>
          value === "stream" ? {} : { format: value, ...(value === "csv" ? {} : UNSAID_CSV) },
        )}
        {format === "parquet"
          ? null
          : pick("Encoding", ENCODINGS, source.encoding ?? reading?.encoding, (encoding) => ({ encoding }))}
        {isCsv
          ? pick(
              "Between cells",
              DELIMITERS,
              source.delimiter ?? reading?.delimiter ?? undefined,
              (delimiter) => ({ delimiter }),
            )
          : null}
        {isCsv
          ? pick("First line", HEADERS, String(source.header ?? reading?.header ?? true), (value) => ({
              header: value === "true",
            }))
          : null}
        {isCsv ? pick("Empty cells", CELLS, source.emptyCells, (emptyCells) => ({ emptyCells })) : null}
      </Group>
      {error === null ? null : (
        <Alert color="red" mt="md" role="alert">
          <Text size="sm">{error.detail}</Text>
          {error.faults.map(({ path, message, remedy }) => (
            <Text size="sm" key={`${path} ${message}`}>
              {message} {remedy}
            </Text>
          ))}
          <Text size="sm">{remedyOf(error.code)}</Text>
        </Alert>
      )}
      <ProblemAlert error={describe.error} />
    </Paper>
  );
}

/** What is said of CSV alone must not be said of other formats. */
const UNSAID_CSV: Partial<Record<"delimiter" | "header" | "columns", undefined>> = {
  delimiter: undefined,
  header: undefined,
  columns: undefined,
};
