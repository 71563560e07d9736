import { Stepper, type StepperProps } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { PageTitle } from "../../shell/PageTitle.tsx";
import { ActivateStep } from "./ActivateStep.tsx";
import { isActivated, useDraft } from "./draft.ts";
import { GeneralStep } from "./GeneralStep.tsx";
import { HalfMade } from "./HalfMade.tsx";
import { MappingStep } from "./MappingStep.tsx";
import { SourceStep } from "./SourceStep.tsx";
import { reachedStep, STEPS } from "./steps.ts";
import { TransformStep } from "./TransformStep.tsx";
import { WhatIsStored } from "./WhatIsStored.tsx";

/** Five stages in one line of 700 pixels. */
const NARROW: Partial<StepperProps> = {
  size: "xs",
  iconSize: 28,
  wrap: false,
  styles: { separator: { marginInline: 6, minWidth: 6 }, stepBody: { marginInlineStart: 6 } },
};

/**
 * A dataflow in five stages, a new one or one that was left as a draft; which one and where one stands is in the
 * address, what was said in the window's storage.
 */
export function DataflowWizard() {
  const { step, dataflow } = useSearch({ from: "/shell/dataflows/new" });
  const navigate = useNavigate();
  const isNarrow = useMediaQuery("(max-width: 62em)");
  const { draft, change, forget } = useDraft(dataflow);
  // The file itself, to be imported at the end; after a reload it is asked for again.
  const file = useRef<File>(undefined);
  const isRead = dataflow === undefined || draft.id === dataflow;
  const isSaved = draft.saved !== null;
  const reached = reachedStep(draft);
  // What is activated has no stage to go back to.
  const isDone = isActivated(draft);
  const wanted = isDone ? "activate" : (step ?? (isSaved ? draft.step : "general"));
  const at = Math.min(
    STEPS.findIndex(({ name }) => name === wanted),
    reached,
  );
  const go = (index: number) => {
    const name = STEPS[index]?.name;
    if (name === undefined) return;
    change({ step: name });
    void navigate({
      to: "/dataflows/new",
      search: { step: name, ...(isSaved ? { dataflow: draft.id } : {}) },
    });
  };
  // As soon as it is saved it has an address of its own, with the stage, so that back leads to where one was. Where
  // rows are missing the stage is theirs: what comes next is looked at when they are there, and not at once.
  const place = reached === 1 && at === 1 ? "source" : wanted;
  const isComplete = !isSaved || (dataflow !== undefined && step === place);
  useEffect(() => {
    if (isComplete) return;
    void navigate({ to: "/dataflows/new", search: { step: place, dataflow: draft.id }, replace: true });
  }, [isComplete, place, draft.id, navigate]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: to the top where the step has changed.
  useEffect(() => {
    window.scrollTo({ top: 0 });
  }, [at]);
  if (!isRead && dataflow !== undefined) return <HalfMade id={dataflow} onRead={change} />;
  const props = { draft, change, onBack: () => go(at - 1), onNext: () => go(at + 1) };
  const title = isDone ? "Set up" : isSaved ? "Setting up" : "New dataflow";
  return (
    <>
      <PageTitle title={draft.name.trim() === "" ? title : `${title}: ${draft.name.trim()}`} />
      <Stepper
        active={at}
        onStepClick={go}
        allowNextStepsSelect={false}
        mb="lg"
        {...(isNarrow ? NARROW : { size: "sm" })}
      >
        {STEPS.map(({ name, label }, index) => (
          <Stepper.Step
            key={name}
            label={label}
            allowStepSelect={!isDone && index <= reached && index !== at}
          />
        ))}
      </Stepper>
      {isDone ? null : <WhatIsStored draft={draft} onForget={forget} />}
      {at === 0 ? <GeneralStep {...props} /> : null}
      {at === 1 ? <SourceStep {...props} file={file} /> : null}
      {at === 2 ? <MappingStep {...props} /> : null}
      {at === 3 ? <TransformStep {...props} /> : null}
      {at === 4 ? <ActivateStep {...props} file={file} forget={forget} /> : null}
    </>
  );
}
