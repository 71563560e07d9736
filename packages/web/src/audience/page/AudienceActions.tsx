import { Button, Menu, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import { ButtonLink } from "../../shell/links.tsx";
import { ProblemAlert } from "../../shell/ProblemAlert.tsx";
import { isChangedHere } from "../changed-here.ts";
import type { AudienceView } from "../queries.ts";
import { DeleteDialog } from "./DeleteDialog.tsx";

/** What can be done with an audience. */
export function AudienceActions({ audience }: { readonly audience: AudienceView }) {
  const { id } = audience;
  const [isDeleting, deleting] = useDisclosure(false);
  const queries = useQueryClient();
  const after = () => queries.invalidateQueries({ queryKey: ["audiences"] });
  const refresh = useMutation({
    mutationFn: () => api.POST("/api/v1/audiences/{id}/refresh", { params: { path: { id } } }),
    onSettled: after,
  });
  const check = useMutation({
    mutationFn: () => api.POST("/api/v1/audiences/{id}/check", { params: { path: { id } } }),
    onSettled: after,
  });
  return (
    <>
      <Menu position="bottom-end" width={340}>
        <Menu.Target>
          <Button variant="default" loading={check.isPending || refresh.isPending}>
            More
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => refresh.mutate()}>
            <Explained title="Refresh" text="Counts only: nobody joins or leaves, and nothing is sent" />
          </Menu.Item>
          <Menu.Item onClick={() => check.mutate()}>
            <Explained title="Check now" text="Who fits joins, who doesn’t leaves, and that is sent" />
          </Menu.Item>
          {isChangedHere(audience) ? (
            <>
              <Menu.Divider />
              <Menu.Item onClick={deleting.open}>Delete …</Menu.Item>
            </>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      {isChangedHere(audience) ? (
        <ButtonLink to="/audiences/$id/edit" params={{ id }}>
          Edit
        </ButtonLink>
      ) : null}
      <DeleteDialog audience={audience} opened={isDeleting} onClose={deleting.close} />
      <ProblemAlert error={refresh.error ?? check.error} />
    </>
  );
}

function Explained({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <>
      <Text size="sm">{title}</Text>
      <Text size="sm" c="dimmed">
        {text}
      </Text>
    </>
  );
}
