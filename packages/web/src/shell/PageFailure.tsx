import { Alert, Button, Group, Stack, Text, Title } from "@mantine/core";
import { useQueryClient, useQueryErrorResetBoundary } from "@tanstack/react-query";
import { type ErrorComponentProps, useLocation, useRouter } from "@tanstack/react-router";
import { ApiProblem, isUnanswered } from "../api/client.ts";
import { sessionQuery } from "../session/queries.ts";
import { Marked } from "../words/Marked.tsx";
import { ButtonLink } from "./links.tsx";
import { NAVIGATION } from "./navigation.ts";
import { useHealing } from "./use-healing.ts";

/** What went wrong, and what to do. */
export function PageFailure({ error, reset }: Pick<ErrorComponentProps, "error" | "reset">) {
  const router = useRouter();
  const queries = useQueryClient();
  const failed = useQueryErrorResetBoundary();
  const problem = error instanceof ApiProblem ? error.problem : undefined;
  const isSignedOut = problem?.status === 401;
  const again = async () => {
    if (isSignedOut) queries.removeQueries({ queryKey: sessionQuery.queryKey });
    // Else what failed is not asked for again: the page would show the same error for ever.
    failed.reset();
    reset();
    await router.invalidate();
  };
  const isHealing = isUnanswered(error);
  useHealing(isHealing, again);
  if (problem?.code === "notFound") return <ThingMissing detail={problem.detail} />;
  return (
    <Alert
      color={isHealing ? "orange" : "red"}
      title={problem?.title ?? (isHealing ? "Peregrine can’t be reached" : "This page could not be shown")}
      maw={640}
      m="md"
      role="alert"
    >
      <Text size="sm">
        <Marked text={error instanceof Error ? error.message : String(error)} />
        {isHealing ? " The page comes as soon as it is reached; it is tried again every ten seconds." : ""}
      </Text>
      {problem === undefined ? null : (
        <Text size="sm">
          <Marked text={problem.remedy} />
        </Text>
      )}
      <Group mt="sm">
        <Button size="xs" onClick={() => void again()}>
          {isSignedOut ? "Sign in" : "Try again"}
        </Button>
      </Group>
    </Alert>
  );
}

/** For the address of something that isn't there, with the way to all that are. */
function ThingMissing({ detail }: { readonly detail: string }) {
  const { pathname } = useLocation();
  const pages = NAVIGATION.flatMap((section): readonly Page[] => section.pages);
  const list = pages.find(({ to }) => to !== "/" && pathname.startsWith(`${to}/`));
  return (
    <Stack gap="sm" align="flex-start">
      <Title order={1} size="h2">
        This isn’t there
      </Title>
      <Text style={{ overflowWrap: "anywhere" }}>
        <Marked text={detail} /> It may have been deleted, or its address was copied in part.
      </Text>
      <ButtonLink to={list?.to ?? "/"}>
        {list === undefined ? "Overview" : `All ${list.label.toLowerCase()}`}
      </ButtonLink>
    </Stack>
  );
}

type Page = (typeof NAVIGATION)[number]["pages"][number];
