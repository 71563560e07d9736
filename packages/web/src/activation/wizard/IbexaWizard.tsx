import { Stepper } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { api, dataOf } from "../../api/client.ts";
import { PageTitle } from "../../shell/PageTitle.tsx";
import { plainId } from "../../words/plain-id.ts";
import { activationsQuery } from "../queries.ts";
import { AudiencesStep } from "./AudiencesStep.tsx";
import { type Draft, NEW_ID, useDraft } from "./draft.ts";
import { GeneralStep } from "./GeneralStep.tsx";
import { IbexaStep } from "./IbexaStep.tsx";
import { settingsOf } from "./ibexa-values.ts";
import { reachedStep, STEPS } from "./steps.ts";

/** Saves the draft as an activation of its own, or over the one that was kept to try a person. */
async function save(draft: Draft, state: "active" | "paused"): Promise<{ id: string; version: number }> {
  const taken = new Set(dataOf(await api.GET("/api/v1/activations")).items.map(({ id }) => id));
  // Its address is that of the wizard.
  const id = draft.saved?.id ?? plainId(draft.name, "ibexa", taken.add(NEW_ID));
  const { version } = dataOf(
    await api.PUT("/api/v1/activations/{id}", {
      params: { path: { id }, query: draft.saved === null ? {} : { version: draft.saved.version } },
      body: {
        name: draft.name.trim(),
        ...(draft.description.trim() === "" ? {} : { description: draft.description.trim() }),
        type: "ibexa",
        personIdentifier: draft.personIdentifier,
        settings: settingsOf(draft),
        audiences: [...draft.audiences],
        state,
      },
    }),
  );
  return { id, version };
}

/**
 * Create New Activation → Ibexa: general information, Ibexa information, audiences. Where one stands is in the address;
 * what was typed stays while one goes back and forward, and but for the secrets over a reload.
 */
export function IbexaWizard() {
  const { step } = useSearch({ from: "/shell/activations/new/ibexa" });
  const { draft, change, forget } = useDraft();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const saving = useMutation({
    mutationFn: (state: "active" | "paused") => save(draft, state),
    onSuccess: async ({ id }) => {
      forget();
      await queries.invalidateQueries({ queryKey: activationsQuery.queryKey });
      await navigate({ to: "/activations/$id", params: { id } });
    },
  });
  const keeping = useMutation({
    mutationFn: () => save(draft, "paused"),
    onSuccess: async (saved) => {
      change({ saved });
      await queries.invalidateQueries({ queryKey: activationsQuery.queryKey });
    },
  });
  const wanted = step ?? draft.step;
  const at = Math.min(
    STEPS.findIndex(({ name }) => name === wanted),
    reachedStep(draft),
  );
  const place = STEPS[at]?.name;
  const go = (index: number) => {
    const name = STEPS[index]?.name;
    if (name === undefined) return;
    change({ step: name });
    void navigate({ to: "/activations/new/ibexa", search: { step: name } });
  };
  // An address that names no step, or one that can't be shown yet, is that of the step that is shown: else that would
  // change under the hands of somebody who fills in what is missing.
  useEffect(() => {
    if (place === undefined || step === place) return;
    void navigate({ to: "/activations/new/ibexa", search: { step: place }, replace: true });
  }, [step, place, navigate]);
  return (
    <>
      <PageTitle title="Create New Activation: Ibexa" />
      <Stepper active={at} onStepClick={go} allowNextStepsSelect={false} size="sm">
        <Stepper.Step label={STEPS[0].label}>
          <GeneralStep draft={draft} change={change} onNext={() => go(1)} />
        </Stepper.Step>
        <Stepper.Step label={STEPS[1].label}>
          <IbexaStep draft={draft} change={change} onBack={() => go(0)} onNext={() => go(2)} />
        </Stepper.Step>
        <Stepper.Step label={STEPS[2].label}>
          <AudiencesStep
            draft={draft}
            change={change}
            onBack={() => go(1)}
            onSave={(state) => saving.mutate(state)}
            onKeep={() => keeping.mutate()}
            isSaving={saving.isPending || keeping.isPending}
            error={saving.error ?? keeping.error}
          />
        </Stepper.Step>
      </Stepper>
    </>
  );
}
