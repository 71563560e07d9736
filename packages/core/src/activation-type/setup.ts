/** Where a part of the guide comes from: the destination's documentation, or what follows from it or its framework's. */
export type SetupBasis = "documented" | "follows";

/** One thing to do on the destination's own side. */
export interface SetupPart {
  /** The same for one thing in all versions. */
  readonly id: string;
  readonly title: string;
  /** The file that `text` goes into, below the installation's folder; without one, it is a command. */
  readonly file?: string;
  /** To copy as it is, but for placeholders. */
  readonly text?: string;
  readonly language?: "dotenv" | "yaml" | "sh";
  readonly basis: SetupBasis;
  readonly notes: readonly string[];
}

/** What has to stand on the destination's side, so that it and an activation's settings fit together. */
export interface DestinationSetup {
  /** Versions of the destination that want it otherwise, the newest first. */
  readonly versions: readonly [string, ...string[]];
  /** Settings that are complete and have no catch, in place of those that aren't typed yet. */
  readonly example: Readonly<Record<string, unknown>>;
  /**
   * The parts in the order in which they are done. Settings that are absent from the draft, as stored secrets are, have
   * {@link setupPlaceholder} in their place.
   * @param version one of `versions`
   * @param draft settings as far as they are typed, perhaps wrong ones
   */
  parts(version: string, draft: Readonly<Record<string, unknown>>): SetupPart[];
  /**
   * Values for the settings that both sides choose freely, hard to guess.
   * @param random that many random bytes, fit for keys
   */
  credentials(random: (bytes: number) => Uint8Array): Record<string, string>;
}

/** What stands in place of a setting. @param title the setting's label */
export function setupPlaceholder(title: string): string {
  return `<${title}>`;
}
