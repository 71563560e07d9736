import { Group, Paper, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { hostOf } from "../activation/host.ts";
import type { ShownActivation } from "../activation/queries.ts";
import type { AudienceView } from "../audience/queries.ts";
import type { IdentifierProfiles } from "../data/queries.ts";
import { ButtonLink } from "../shell/links.tsx";
import { counted, people, percent } from "../words/number.ts";

interface Props {
  readonly userid: IdentifierProfiles;
  readonly audiences: readonly Pick<AudienceView, "name" | "size">[];
  readonly activations: readonly ShownActivation[];
  /** People, over all segments. */
  readonly accepted: number;
}

/** Four steps from nothing to people in a segment; each is ticked off by what was measured. */
export function FirstSteps({ userid, audiences, activations, accepted }: Props) {
  const [activation] = activations;
  const [audience] = audiences;
  const steps: readonly Step[] = [
    {
      title: "Bring your people in",
      proof:
        userid.profiles === 0
          ? undefined
          : `${people(userid.profiles)} arrived, ${percent(userid.withIdentifier / userid.profiles)} with userid`,
      isDone: userid.withIdentifier > 0,
      help: "A file or a stream with one row for each user of your Ibexa; its id becomes the userid.",
      action: null,
    },
    {
      title: "Say whom you mean",
      proof:
        audience === undefined
          ? undefined
          : `${audiences.length === 1 ? "1 audience" : `${counted(audiences.length)} audiences`}; “${audience.name}” has ${people(audience.size)}`,
      isDone: audience !== undefined,
      help: "An audience is a group of people by a rule, such as “bought within a year, and not within 90 days”.",
      action: (
        <ButtonLink to="/audiences" variant="default" size="xs">
          Audiences
        </ButtonLink>
      ),
    },
    {
      title: "Connect your Ibexa",
      proof: activation === undefined ? undefined : `“${activation.name}” sends to ${hostOf(activation)}`,
      isDone: activation !== undefined,
      help: "Four values that stand in Ibexa’s configuration, tried out before anything is sent.",
      action: (
        <ButtonLink to="/activations/new" size="xs">
          Create New Activation
        </ButtonLink>
      ),
    },
    {
      title: "Watch them arrive",
      proof: accepted === 0 ? undefined : `${people(accepted)} accepted by Ibexa`,
      isDone: accepted > 0,
      help: "From then on everybody who joins or leaves follows within a minute.",
      action: null,
    },
  ];
  return (
    <section aria-label="First steps">
      <Title order={2} size="h4" mb="sm">
        From here to people in a segment
      </Title>
      <Paper withBorder p="md">
        <Stack gap="lg" component="ol" p={0} m={0} style={{ listStyle: "none" }}>
          {steps.map((step, at) => (
            <StepRow key={step.title} step={step} number={at + 1} />
          ))}
        </Stack>
      </Paper>
    </section>
  );
}

interface Step {
  readonly title: string;
  /** What was measured; undefined before there is anything. */
  readonly proof: string | undefined;
  readonly isDone: boolean;
  readonly help: string;
  readonly action: ReactNode;
}

function StepRow({ step, number }: { readonly step: Step; readonly number: number }) {
  const { title, proof, isDone, help, action } = step;
  return (
    <Group component="li" wrap="nowrap" align="flex-start" gap="md">
      <ThemeIcon
        radius="xl"
        variant={isDone ? "filled" : "default"}
        aria-label={isDone ? "Done" : `Step ${number}`}
        role="img"
      >
        {isDone ? "✓" : number}
      </ThemeIcon>
      <div style={{ flex: 1, overflowWrap: "anywhere" }}>
        <Text fw={600}>{title}</Text>
        <Text size="sm">{proof ?? help}</Text>
      </div>
      {isDone ? null : action}
    </Group>
  );
}
