import { Group, Paper, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import { hostOf } from "../activation/host.ts";
import type { ShownActivation } from "../activation/queries.ts";
import type { AudienceView } from "../audience/queries.ts";
import type { IdentifierProfiles } from "../data/queries.ts";
import { useMayEdit } from "../session/use-may-edit.ts";
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
  const mayEdit = useMayEdit();
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
      action: mayEdit ? { label: "New dataflow", to: "/dataflows/new" } : undefined,
    },
    {
      title: "Say whom you mean",
      proof:
        audience === undefined
          ? undefined
          : `${audiences.length === 1 ? "1 audience" : `${counted(audiences.length)} audiences`}; “${audience.name}” has ${people(audience.size)}`,
      isDone: audience !== undefined,
      help: "An audience is a group of people by a rule, such as “bought within a year, and not within 90 days”.",
      action: { label: "Audiences", to: "/audiences" },
    },
    {
      title: "Connect your Ibexa",
      proof: activation === undefined ? undefined : `“${activation.name}” sends to ${hostOf(activation)}`,
      isDone: activation !== undefined,
      help: "Four values that stand in Ibexa’s configuration, tried out before anything is sent.",
      action: mayEdit ? { label: "Create New Activation", to: "/activations/new" } : undefined,
    },
    {
      title: "Watch them arrive",
      proof: accepted === 0 ? undefined : `${people(accepted)} accepted by Ibexa`,
      isDone: accepted > 0,
      help: "From then on everybody who joins or leaves follows within a minute.",
      action: undefined,
    },
  ];
  const next = steps.find(({ isDone }) => !isDone);
  return (
    <section aria-label="First steps">
      <Title order={2} size="h4" mb="sm">
        From here to people in a segment
      </Title>
      <Paper withBorder p="md">
        <Stack gap="lg" component="ol" p={0} m={0} style={{ listStyle: "none" }}>
          {steps.map((step, at) => (
            <StepRow key={step.title} step={step} number={at + 1} isNext={step === next} />
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
  /** What there is to do about it; undefined: to wait, or nothing that this user may do. */
  readonly action:
    | { readonly label: string; readonly to: "/dataflows/new" | "/audiences" | "/activations/new" }
    | undefined;
}

interface StepRowProps {
  readonly step: Step;
  readonly number: number;
  /** It is the first that isn't done. */
  readonly isNext: boolean;
}

function StepRow({ step, number, isNext }: StepRowProps) {
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
      {isDone || action === undefined ? null : (
        <ButtonLink to={action.to} size="xs" variant={isNext ? "filled" : "default"}>
          {action.label}
        </ButtonLink>
      )}
    </Group>
  );
}
