import type { ActivationAudience } from "../store/activation-audiences.ts";

/** What the delivery remembers about a segment; kept in the link's `metadata`. */
export interface SegmentMemory {
  /** The destination has accepted its Create. */
  readonly attached: boolean;
  /** The facts that the destination has accepted, by property. */
  readonly told: Readonly<Record<string, string>>;
  /** What is held of people was accepted by another destination: it is forgotten before anything is sent. */
  readonly startsAnew?: boolean;
}

export const STARTS_ANEW: SegmentMemory & Readonly<Record<string, unknown>> = {
  attached: false,
  told: {},
  startsAnew: true,
};

export function memoryOf(link: ActivationAudience): SegmentMemory {
  const { attached, told, startsAnew } = link.metadata ?? {};
  return {
    attached: attached === true,
    told: typeof told === "object" && told !== null ? (told as Record<string, string>) : {},
    ...(startsAnew === true ? { startsAnew } : {}),
  };
}
