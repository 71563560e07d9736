import { Alert, Text } from "@mantine/core";
import { ApiProblem, isUnanswered } from "../api/client.ts";
import { Marked } from "../words/Marked.tsx";

/**
 * Why something was not done, and what to do; nothing when there is no error. The heading is plain text: an alert
 * that is named by it would be found by the labels of the fields that it speaks of.
 */
export function ProblemAlert({ error }: { readonly error: unknown }) {
  if (error === null || error === undefined) return null;
  if (!(error instanceof ApiProblem)) {
    return (
      <Alert color="red" role="alert">
        <Text size="sm" fw={600}>
          {isUnanswered(error) ? "No answer came" : "This wasn’t done"}
        </Text>
        <Text size="sm">
          <Marked text={error instanceof Error ? error.message : String(error)} />
          {isUnanswered(error) ? " What was to be changed may be changed: look before you try again." : ""}
        </Text>
      </Alert>
    );
  }
  const { title, detail, remedy, faults } = error.problem;
  return (
    <Alert color="red" role="alert">
      <Text size="sm" fw={600}>
        {title}
      </Text>
      {detail === title || detail === "" ? null : (
        <Text size="sm">
          <Marked text={detail} />
        </Text>
      )}
      {faults.map(({ path, message }) => (
        <Text size="sm" key={`${path} ${message}`} style={{ overflowWrap: "anywhere" }}>
          {path} <Marked text={message} />
        </Text>
      ))}
      <Text size="sm">
        <Marked text={remedy} />
      </Text>
    </Alert>
  );
}
