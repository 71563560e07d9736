import type { ChangeDraft, Draft } from "./draft.ts";

/** What every step of the wizard is given. */
export interface StepProps {
  readonly draft: Draft;
  readonly change: ChangeDraft;
  readonly onBack: () => void;
  readonly onNext: () => void;
}
