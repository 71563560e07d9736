import { Text } from "@mantine/core";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useMayEdit } from "../../session/use-may-edit.ts";
import { AnchorLink } from "../../shell/links.tsx";
import { PageTitle } from "../../shell/PageTitle.tsx";
import { isChangedHere } from "../changed-here.ts";
import { audienceQuery, audiencesQuery, catalogQuery } from "../queries.ts";
import { catalogIndex } from "../rule/catalog-index.ts";
import { Builder } from "./Builder.tsx";
import { draftOf } from "./draft.ts";
import { OnlyForEditors } from "./NewAudiencePage.tsx";

/** An audience in the builder. */
export function EditAudiencePage() {
  const { id } = useParams({ from: "/shell/audiences/$id/edit" });
  const { data: audience } = useSuspenseQuery(audienceQuery(id));
  const { data: catalog } = useSuspenseQuery(catalogQuery);
  const { data: audiences = [] } = useQuery(audiencesQuery);
  const index = catalogIndex(catalog);
  // What others save meanwhile doesn't change what is being edited: saving tells of it.
  const [edited, setEdited] = useState(audience);
  if (!useMayEdit()) return <OnlyForEditors />;
  if (!isChangedHere(audience)) {
    return (
      <>
        <PageTitle title={audience.name} />
        <Text>
          This audience stands in a file and is changed there.{" "}
          <AnchorLink to="/audiences/$id" params={{ id }}>
            Back to the audience
          </AnchorLink>
        </Text>
      </>
    );
  }
  return (
    <Builder
      key={`${id} ${edited.version}`}
      draft={draftOf(edited, index)}
      catalog={index}
      audiences={audiences.filter((one) => one.id !== id)}
      onTakeTheirs={setEdited}
    />
  );
}
