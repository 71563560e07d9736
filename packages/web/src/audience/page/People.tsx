import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ProblemAlert } from "../../shell/ProblemAlert.tsx";
import { counted } from "../../words/number.ts";
import { PeopleTable } from "../PeopleTable.tsx";
import { type AudienceView, savedPreviewQuery } from "../queries.ts";

/** Some of the people whom the rule finds now. */
export function People({ audience }: { readonly audience: AudienceView }) {
  const { id, version } = audience;
  const { data: preview, error } = useQuery(savedPreviewQuery(id, version));
  if (error !== null) return <ProblemAlert error={error} />;
  if (preview === undefined) return <Text aria-busy="true">Looking for people …</Text>;
  const { people, size } = preview;
  if (people.length === 0) return <Text>Nobody fits the rule at the moment.</Text>;
  return (
    <Stack gap="sm">
      <Text size="sm">
        {people.length === size
          ? `All ${counted(size)} whom the rule finds now.`
          : `${counted(people.length)} of the ${counted(size)} whom the rule finds now.`}
      </Text>
      <PeopleTable people={people} label="People in this audience" />
    </Stack>
  );
}
