import { Button, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { ChangeList } from "../shell/ChangeList.tsx";
import { PageAwaited } from "../shell/PageAwaited.tsx";
import { PageFailure } from "../shell/PageFailure.tsx";
import { historyQuery } from "./queries.ts";

/** Who changed an activation or decided for it, and when. */
export function History({ id }: { readonly id: string }) {
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(
    historyQuery(id),
  );
  const failure = error === null ? null : <PageFailure error={error} reset={() => void refetch()} />;
  if (data === undefined) return failure ?? <PageAwaited />;
  const entries = data.pages.flatMap(({ items }) => items);
  return (
    <Stack gap="md" mt="md" align="stretch">
      {entries.length === 0 ? <Text>Nothing was changed yet.</Text> : null}
      {entries.length === 0 ? null : <ChangeList entries={entries} hasSubject={false} />}
      {failure}
      {hasNextPage ? (
        <Button variant="default" onClick={() => void fetchNextPage()} loading={isFetchingNextPage}>
          Earlier changes
        </Button>
      ) : null}
    </Stack>
  );
}
