import type { ActivationAudience } from "../store/activation-audiences.ts";

/** What the delivery remembers about a segment; kept in the link's `metadata`. */
export interface SegmentMemory {
  /** The destination has accepted its Create. */
  readonly attached: boolean;
  /** The facts that the destination has accepted, by property. */
  readonly told: Readonly<Record<string, string>>;
}

export function memoryOf(link: ActivationAudience): SegmentMemory {
  const { attached, told } = link.metadata ?? {};
  return {
    attached: attached === true,
    told: typeof told === "object" && told !== null ? (told as Record<string, string>) : {},
  };
}
