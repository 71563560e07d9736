import { Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api } from "../api/client.ts";
import { Dialog } from "../shell/Dialog.tsx";
import { ProblemAlert } from "../shell/ProblemAlert.tsx";
import { useSeen } from "../shell/use-seen.ts";
import { FilledBy } from "./FilledBy.tsx";
import { type DataflowStanding, type SchemaRecord, schemasQuery } from "./queries.ts";

interface Props {
  readonly schema: SchemaRecord;
  /** The dataflows that fill it. */
  readonly filling: readonly DataflowStanding[];
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** What keeps a schema from being deleted, or its deletion. */
export function DeleteSchema({ schema, filling, opened, onClose }: Props) {
  const { id, version } = useSeen(schema, opened);
  const name = schema.definition.name ?? id;
  const isFilled = filling.length > 0;
  const isOfFile = schema.origin === "file";
  const queries = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () =>
      api.DELETE("/api/v1/definitions/{kind}/{id}", {
        params: { path: { kind: "schema", id }, query: { version } },
      }),
    onSuccess: async () => {
      await queries.cancelQueries({ queryKey: schemasQuery.queryKey });
      await navigate({ to: "/schemas" });
      await queries.invalidateQueries({ queryKey: ["definitions"] });
    },
  });
  const close = () => {
    remove.reset();
    onClose();
  };
  return (
    <Dialog title={`Delete ${name}?`} opened={opened} onClose={close}>
      <Stack gap="md" style={{ overflowWrap: "anywhere" }}>
        {isFilled ? (
          <>
            <Text size="sm">It is in use. Delete what fills it first:</Text>
            <div>
              <FilledBy dataflows={filling} />
            </div>
          </>
        ) : isOfFile ? (
          <Text size="sm">
            It stands in a file. Delete it there; <code>peregrine apply --prune</code> then deletes it here.
          </Text>
        ) : (
          <Text size="sm">
            Nothing fills it, so no data goes with it. Its columns keep their types: should it be made again,
            they have to be there as they were.
          </Text>
        )}
        <ProblemAlert error={remove.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {isFilled || isOfFile ? "Close" : "Keep it"}
          </Button>
          {isFilled || isOfFile ? null : (
            <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
              Delete
            </Button>
          )}
        </Group>
      </Stack>
    </Dialog>
  );
}
