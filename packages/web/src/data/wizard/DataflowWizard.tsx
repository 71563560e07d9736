import { Stepper } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { PageTitle } from "../../shell/PageTitle.tsx";
import { ActivateStep } from "./ActivateStep.tsx";
import { useDraft } from "./draft.ts";
import { GeneralStep } from "./GeneralStep.tsx";
import { MappingStep } from "./MappingStep.tsx";
import { SourceStep } from "./SourceStep.tsx";
import { reachedStep, STEPS } from "./steps.ts";
import { TransformStep } from "./TransformStep.tsx";

/** A new dataflow in five stages; where one stands is in the address, what was said in the window's storage. */
export function DataflowWizard() {
  const { step } = useSearch({ from: "/shell/dataflows/new" });
  const navigate = useNavigate();
  const { draft, change, forget } = useDraft();
  // The file itself, to be imported at the end; after a reload it is asked for again.
  const file = useRef<File>(undefined);
  const reached = reachedStep(draft);
  const at = Math.min(
    STEPS.findIndex(({ name }) => name === step),
    reached,
  );
  const go = (index: number) => {
    const name = STEPS[index]?.name;
    if (name !== undefined) void navigate({ to: "/dataflows/new", search: { step: name } });
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: to the top where the step has changed.
  useEffect(() => {
    window.scrollTo({ top: 0 });
  }, [at]);
  const props = { draft, change, onBack: () => go(at - 1), onNext: () => go(at + 1) };
  return (
    <>
      <PageTitle title={draft.name.trim() === "" ? "New dataflow" : `New dataflow: ${draft.name.trim()}`} />
      <Stepper active={at} onStepClick={go} allowNextStepsSelect={false} size="sm" mb="lg">
        {STEPS.map(({ name, label }, index) => (
          <Stepper.Step key={name} label={label} allowStepSelect={index <= reached && index !== at} />
        ))}
      </Stepper>
      {at === 0 ? <GeneralStep {...props} /> : null}
      {at === 1 ? <SourceStep {...props} file={file} /> : null}
      {at === 2 ? <MappingStep {...props} /> : null}
      {at === 3 ? <TransformStep {...props} /> : null}
      {at === 4 ? <ActivateStep {...props} file={file} forget={forget} /> : null}
    </>
  );
}
