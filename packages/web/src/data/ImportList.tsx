import { Select } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMayEdit } from "../session/use-may-edit.ts";
import { EmptyState } from "../shell/EmptyState.tsx";
import { ButtonLink } from "../shell/links.tsx";
import { PageTitle } from "../shell/PageTitle.tsx";
import { ImportTable } from "./ImportTable.tsx";
import { dataflowsQuery } from "./queries.ts";

/** All imports, or those of one dataflow. */
export function ImportList() {
  const { dataflow } = useSearch({ from: "/shell/imports" });
  const navigate = useNavigate();
  const { data: dataflows } = useSuspenseQuery(dataflowsQuery);
  const mayEdit = useMayEdit();
  if (dataflows.length === 0) {
    return (
      <>
        <PageTitle title="Imports" />
        <EmptyState
          title="Nothing has come in yet"
          action={mayEdit ? <ButtonLink to="/dataflows/new">New dataflow</ButtonLink> : undefined}
        >
          An import is a file, or some rows of a stream, on its way into profiles: how far it is, what became
          of each row, and which rows were refused and why. A dataflow says how rows are read.
        </EmptyState>
      </>
    );
  }
  return (
    <>
      <PageTitle title="Imports" />
      <Select
        label="Dataflow"
        placeholder="All"
        clearable
        searchable
        maw={320}
        mb="md"
        data={dataflows.map(({ definition: { id, name } }) => ({ value: id, label: name ?? id }))}
        value={dataflow ?? null}
        onChange={(value) =>
          void navigate({ to: "/imports", search: value === null ? {} : { dataflow: value } })
        }
      />
      <ImportTable dataflow={dataflow} />
    </>
  );
}
