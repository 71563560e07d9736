import { Grid, Stack, Text } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { PageTitle } from "../shell/PageTitle.tsx";
import { Attributes } from "./Attributes.tsx";
import { DeletePerson } from "./DeletePerson.tsx";
import { Identifiers } from "./Identifiers.tsx";
import { profileName } from "./profile-name.ts";
import { profileQuery } from "./queries.ts";
import { Segments } from "./Segments.tsx";
import { Timeline } from "./Timeline.tsx";
import { WhyNot } from "./WhyNot.tsx";

/** One person: by what they are known, where they are sent and why, what is known of them, what they did. */
export function ProfilePage() {
  const { number } = useParams({ from: "/shell/profiles/$number" });
  const { data: profile } = useSuspenseQuery(profileQuery(number));
  const name = profileName(profile);
  return (
    <>
      <PageTitle title={name} actions={<DeletePerson number={profile.number} name={name} />} />
      <Text size="sm" c="dimmed" mt="-md" mb="lg">
        Profile {profile.number}
        {profile.number === number ? "" : `; profile ${number} was merged into it`}
      </Text>
      <Stack gap="xl">
        <Identifiers profile={profile} />
        <Segments profile={profile} />
        <WhyNot profile={profile} />
        <Grid gap="xl">
          <Grid.Col span={{ base: 12, lg: 5 }}>
            <Attributes profile={profile} />
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 7 }}>
            <Timeline profile={profile} />
          </Grid.Col>
        </Grid>
      </Stack>
    </>
  );
}
