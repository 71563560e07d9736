import { Alert, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ApiProblem } from "../api/client.ts";
import { people } from "../words/number.ts";
import { activationStatusQuery } from "./queries.ts";

/** An activation that was deleted while its people are taken out: how many are still to go, until it is forgotten. */
export function LeavingNotice({ id }: { readonly id: string }) {
  const { data, error } = useQuery(activationStatusQuery(id));
  if (error instanceof ApiProblem && error.problem.code === "notFound") {
    return (
      <Alert color="teal" mb="md" role="status">
        Everybody was taken out; the activation is gone.
      </Alert>
    );
  }
  if (data === undefined) return null;
  const left = data.segments.reduce(
    (sum, { leaving }) => sum + leaving.waiting + leaving.refused + leaving.held,
    0,
  );
  return (
    <Alert color="blue" mb="md" role="status">
      <Text size="sm">
        “{data.name}” was deleted. {people(left)} still to be taken out of its segments.
      </Text>
    </Alert>
  );
}
