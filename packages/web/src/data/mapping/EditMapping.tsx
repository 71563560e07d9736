import { Alert, Stack, Text } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useMayEdit } from "../../session/use-may-edit.ts";
import { AnchorLink } from "../../shell/links.tsx";
import { PageTitle } from "../../shell/PageTitle.tsx";
import { dataflowQuery } from "../queries.ts";
import { MappingEditor } from "./MappingEditor.tsx";
import { MappingHolds } from "./MappingHolds.tsx";

/** The mapping of a dataflow that is there, to be changed. */
export function EditMapping() {
  const { id } = useParams({ from: "/shell/dataflows/$id/mapping" });
  const { data: dataflow } = useSuspenseQuery(dataflowQuery(id));
  const mayEdit = useMayEdit();
  const why =
    dataflow.origin === "file"
      ? "The dataflow stands in a file, and is changed there: edit the file and run peregrine apply."
      : mayEdit
        ? undefined
        : "Only editors and administrators change mappings.";
  return (
    <>
      <PageTitle title={`Mapping: ${dataflow.definition.name ?? id}`} />
      {why === undefined ? (
        <Stack gap="lg">
          <MappingHolds dataflow={dataflow} />
          <MappingEditor key={id} dataflow={dataflow} />
        </Stack>
      ) : (
        <Alert color="blue" title="It can’t be changed here" maw={760}>
          <Text size="sm">{why}</Text>
          <AnchorLink to="/dataflows/$id" params={{ id }} search={{ tab: "mapping" }} size="sm">
            See the mapping
          </AnchorLink>
        </Alert>
      )}
    </>
  );
}
