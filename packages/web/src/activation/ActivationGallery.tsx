import { Card, SimpleGrid, Text, UnstyledButton } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { PageTitle } from "../shell/PageTitle.tsx";
import { activationTypesQuery } from "./queries.ts";

/** What is said of a type of destination where one chooses it; types without a row here have their name alone. */
const ABOUT: Readonly<Record<string, string>> = {
  ibexa: "Keeps the segments of a segment group in Ibexa DXP in step with your audiences.",
};

/** Which kind of destination is it to be? */
export function ActivationGallery() {
  const { data: types } = useSuspenseQuery(activationTypesQuery);
  return (
    <>
      <PageTitle title="Create New Activation" />
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {types.map(({ id, name }) => (
          <UnstyledButton key={id} component={Link} to="/activations/new/ibexa">
            <Card withBorder padding="lg" h="100%">
              <Text fw={600}>{name}</Text>
              <Text size="sm">{ABOUT[id]}</Text>
            </Card>
          </UnstyledButton>
        ))}
      </SimpleGrid>
    </>
  );
}
