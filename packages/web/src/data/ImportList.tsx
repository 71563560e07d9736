import { Select } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { PageTitle } from "../shell/PageTitle.tsx";
import { ImportTable } from "./ImportTable.tsx";
import { dataflowsQuery } from "./queries.ts";

/** All imports, or those of one dataflow. */
export function ImportList() {
  const { dataflow } = useSearch({ from: "/shell/imports" });
  const navigate = useNavigate();
  const { data: dataflows } = useSuspenseQuery(dataflowsQuery);
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
