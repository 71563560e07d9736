import { Alert, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { dataflowsQuery, type IdentifierProfiles, schemasQuery } from "../../data/queries.ts";
import { useMayEdit } from "../../session/use-may-edit.ts";
import { ButtonLink } from "../../shell/links.tsx";
import { Marked } from "../../words/Marked.tsx";

const IDENTIFIER = "userid";

/** What stands in the way of recognising people: one may go on and save, and nothing is sent before it is mended. */
export function IdentifierNotice({ found }: { readonly found: IdentifierProfiles }) {
  if (found.missing !== null) {
    return (
      <Alert color="orange" title="userid isn’t available yet">
        Ibexa recognises people only by it. Make it the Person Identifier of your user schema and activate the
        dataflow. <Marked text={found.missing} />
        <Remedy label="Set it up" />
      </Alert>
    );
  }
  if (found.withIdentifier === 0) {
    return (
      <Alert color="orange" title="No profile has a userid yet">
        The identifier is set up, and no row has brought one. Import your users from Ibexa: a row’s{" "}
        <code>id</code> is mapped to userid.
        <Remedy label="Import users" />
      </Alert>
    );
  }
  return null;
}

/** Leads to the dataflow that brings userid, also where it isn't active yet; else to a new one. What is typed here is kept. */
function Remedy({ label }: { readonly label: string }) {
  const { data: schemas } = useQuery(schemasQuery);
  const { data: dataflows } = useQuery(dataflowsQuery);
  const mayEdit = useMayEdit();
  if (!mayEdit || schemas === undefined || dataflows === undefined) return null;
  const ofUsers = new Set(
    schemas
      .filter(({ definition }) => definition.columns.some(({ identifier }) => identifier === IDENTIFIER))
      .map(({ id }) => id),
  );
  const dataflow = dataflows.find(({ definition }) => ofUsers.has(definition.schema));
  return (
    <Group mt="sm">
      {dataflow === undefined ? (
        <ButtonLink size="xs" to="/dataflows/new">
          {label}
        </ButtonLink>
      ) : (
        <ButtonLink size="xs" to="/dataflows/$id" params={{ id: dataflow.definition.id }}>
          {label}
        </ButtonLink>
      )}
    </Group>
  );
}
