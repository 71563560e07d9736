import { useCallback, useEffect, useState } from "react";

/** What has been typed into the wizard so far. */
export interface Draft {
  readonly step: number;
  readonly name: string;
  readonly description: string;
  readonly personIdentifier: string;
  readonly clientSecret: string;
  readonly clientId: string;
  readonly baseUrl: string;
  readonly segmentGroupIdentifier: string;
  readonly audiences: readonly string[];
}

const EMPTY: Draft = {
  step: 0,
  name: "",
  description: "",
  personIdentifier: "userid",
  clientSecret: "",
  clientId: "",
  baseUrl: "",
  segmentGroupIdentifier: "",
  audiences: [],
};
const KEY = "peregrine.activation-draft.ibexa";

/** Of this window alone, and without the secret: that must be typed again after a reload. */
function stored(): Draft {
  try {
    const read: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
    return { ...EMPTY, ...(typeof read === "object" ? read : {}), clientSecret: "" };
  } catch (error) {
    if (error instanceof SyntaxError) return EMPTY;
    throw error;
  }
}

/** The half-filled wizard, which survives a reload without its secret. */
export function useDraft() {
  const [draft, setDraft] = useState(stored);
  useEffect(() => {
    const { clientSecret: _, ...kept } = draft;
    sessionStorage.setItem(KEY, JSON.stringify(kept));
  }, [draft]);
  const change = useCallback((patch: Partial<Draft>) => setDraft((before) => ({ ...before, ...patch })), []);
  const forget = useCallback(() => {
    sessionStorage.removeItem(KEY);
    setDraft(EMPTY);
  }, []);
  return { draft, change, forget };
}
