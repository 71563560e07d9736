import { useCallback, useEffect, useState } from "react";
import type { ShownActivation } from "../queries.ts";
import { type IbexaValues, NO_VALUES, SECRET_FIELDS } from "./ibexa-values.ts";
import { type StepName, stepOf } from "./steps.ts";

/** What has been typed into the wizard so far. */
export interface Draft extends IbexaValues {
  /** Where it was left. */
  readonly step: StepName;
  readonly name: string;
  readonly description: string;
  readonly personIdentifier: string;
  readonly audiences: readonly string[];
  /** It is saved already, paused, to try one person: what is saved next is this one. */
  readonly saved: { readonly id: string; readonly version: number } | null;
  /** Secrets that were typed and are lost: they are never kept by the browser, nor copied. */
  readonly lost: readonly SecretField[];
}

type SecretField = (typeof SECRET_FIELDS)[number];

/** Nothing typed yet. */
export const EMPTY: Draft = {
  step: "general",
  name: "",
  description: "",
  personIdentifier: "userid",
  audiences: [],
  saved: null,
  lost: [],
  ...NO_VALUES,
};
/** An id that no activation has, for what is asked about one that isn't saved yet. */
export const NEW_ID = "new";
const KEY = "peregrine.activation-draft.ibexa";
const WITHOUT_SECRETS = Object.fromEntries(SECRET_FIELDS.map((name) => [name, ""]));

function keep(draft: Draft): void {
  const lost = SECRET_FIELDS.filter((name) => draft[name] !== "" || draft.lost.includes(name));
  sessionStorage.setItem(KEY, JSON.stringify({ ...draft, ...WITHOUT_SECRETS, lost }));
}

/** Of this window alone, and without the secrets: those must be typed again after a reload. */
function stored(): Draft {
  try {
    const read: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
    const draft: Draft = { ...EMPTY, ...(typeof read === "object" ? read : {}), ...WITHOUT_SECRETS };
    const step = stepOf(draft.step) ?? EMPTY.step;
    // What is saved already has its secrets. All else goes on where they are typed.
    return draft.saved === null ? { ...draft, step } : { ...draft, step, lost: [] };
  } catch (error) {
    if (error instanceof SyntaxError) return EMPTY;
    throw error;
  }
}

/** Fills the wizard with an activation's settings. Its audiences stay out: one can't go twice to one Ibexa. */
export function keepDraft(activation: ShownActivation): void {
  const { name, description, personIdentifier, settings, secrets } = activation;
  keep({
    ...EMPTY,
    name: `${name} (copy)`.slice(0, 200),
    description: description ?? "",
    personIdentifier,
    lost: SECRET_FIELDS.filter((field) => secrets.includes(field)),
    ...valuesOf(settings),
  });
}

/** Saved settings as the fields have them; secrets are empty. */
export function valuesOf(settings: Readonly<Record<string, unknown>>): IbexaValues {
  const text = (name: string) => {
    const value = settings[name];
    return typeof value === "string" ? value : "";
  };
  const { advanced } = settings;
  return {
    ...NO_VALUES,
    clientId: text("clientId"),
    baseUrl: text("baseUrl"),
    segmentGroupIdentifier: text("segmentGroupIdentifier"),
    advanced: typeof advanced === "object" && advanced !== null ? { ...advanced } : {},
  };
}

/** The half-filled wizard, which survives a reload without its secrets. */
export function useDraft() {
  const [draft, setDraft] = useState(stored);
  useEffect(() => keep(draft), [draft]);
  const change = useCallback(
    (patch: Partial<Draft>) =>
      setDraft((before) => {
        const next = { ...before, ...patch };
        return { ...next, lost: next.lost.filter((name) => next[name] === "") };
      }),
    [],
  );
  // Whoever looks at it is about to leave: what is shown until then stays as it is.
  const forget = useCallback(() => sessionStorage.removeItem(KEY), []);
  return { draft, change, forget };
}
