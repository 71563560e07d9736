import { useCallback, useEffect, useState } from "react";
import type { ShownActivation } from "../queries.ts";
import { type IbexaValues, NO_VALUES, SECRET_FIELDS } from "./ibexa-values.ts";

/** What has been typed into the wizard so far. */
export interface Draft extends IbexaValues {
  readonly step: number;
  readonly name: string;
  readonly description: string;
  readonly personIdentifier: string;
  readonly audiences: readonly string[];
}

const EMPTY: Draft = {
  step: 0,
  name: "",
  description: "",
  personIdentifier: "userid",
  audiences: [],
  ...NO_VALUES,
};
const KEY = "peregrine.activation-draft.ibexa";
const WITHOUT_SECRETS = Object.fromEntries(SECRET_FIELDS.map((name) => [name, ""]));

function keep(draft: Draft): void {
  sessionStorage.setItem(KEY, JSON.stringify({ ...draft, ...WITHOUT_SECRETS }));
}

/** Of this window alone, and without the secrets: those must be typed again after a reload. */
function stored(): Draft {
  try {
    const read: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
    return { ...EMPTY, ...(typeof read === "object" ? read : {}), ...WITHOUT_SECRETS };
  } catch (error) {
    if (error instanceof SyntaxError) return EMPTY;
    throw error;
  }
}

/** Fills the wizard with an activation's settings. Its audiences stay out: one can't go twice to one Ibexa. */
export function keepDraft({ name, description, personIdentifier, settings }: ShownActivation): void {
  keep({
    ...EMPTY,
    name: `${name} (copy)`.slice(0, 200),
    description: description ?? "",
    personIdentifier,
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
  const isEmpty = typeof advanced !== "object" || advanced === null || Object.keys(advanced).length === 0;
  return {
    ...NO_VALUES,
    clientId: text("clientId"),
    baseUrl: text("baseUrl"),
    segmentGroupIdentifier: text("segmentGroupIdentifier"),
    advanced: isEmpty ? "" : JSON.stringify(advanced, null, 2),
  };
}

/** The half-filled wizard, which survives a reload without its secrets. */
export function useDraft() {
  const [draft, setDraft] = useState(stored);
  useEffect(() => keep(draft), [draft]);
  const change = useCallback((patch: Partial<Draft>) => setDraft((before) => ({ ...before, ...patch })), []);
  const forget = useCallback(() => {
    sessionStorage.removeItem(KEY);
    setDraft(EMPTY);
  }, []);
  return { draft, change, forget };
}
