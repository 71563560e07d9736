import {
  type ActivationType,
  faultsOfIssues,
  PeregrineError,
  type SettingWarning,
  type SetupPart,
  setupPlaceholder,
} from "@peregrine/core";

/** Settings as they are saved or as somebody types them. */
export interface SetupDraft {
  readonly type: ActivationType;
  /** Never a stored secret. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The names of the secrets that are stored. */
  readonly stored: readonly string[];
  /** Absent: the newest. */
  readonly version: string | undefined;
}

/** What stands in the guide in place of a setting, and why. */
export interface SetupGap {
  readonly setting: string;
  readonly placeholder: string;
  readonly why: "stored" | "missing";
}

/** The destination's own side of an activation, to copy. */
export interface ActivationSetup {
  readonly version: string;
  readonly versions: readonly string[];
  readonly parts: readonly SetupPart[];
  readonly gaps: readonly SetupGap[];
  readonly warnings: readonly SettingWarning[];
  readonly faults: readonly { readonly path: string; readonly message: string }[];
}

/** @throws PeregrineError `requestInvalid` when there is no such version */
export function activationSetup({ type, settings, stored, version }: SetupDraft): ActivationSetup {
  const { versions } = type.setup;
  const asked = version ?? versions[0];
  if (!versions.includes(asked)) {
    throw new PeregrineError("requestInvalid", {
      detail: `There is no guide for version ${asked} of ${type.name}.`,
      faults: [{ path: "/version", message: `must be one of ${versions.join(", ")}` }],
    });
  }
  const parts = type.setup.parts(asked, settings);
  return { version: asked, versions, parts, gaps: gapsIn(parts, type, stored), ...checked(type, settings) };
}

function gapsIn(parts: readonly SetupPart[], type: ActivationType, stored: readonly string[]): SetupGap[] {
  const texts = parts.flatMap(({ text = "", notes }) => [text, ...notes]);
  return Object.entries(type.settings.shape).flatMap(([setting, schema]) => {
    const title = "meta" in schema ? schema.meta()?.["title"] : undefined;
    const placeholder = setupPlaceholder(String(title));
    if (!texts.some((text) => text.includes(placeholder))) return [];
    return [{ setting, placeholder, why: stored.includes(setting) ? "stored" : "missing" } as const];
  });
}

/** What is wrong with settings as far as they are typed: nothing is said about those that are not there yet. */
function checked(type: ActivationType, settings: Readonly<Record<string, unknown>>) {
  const there = Object.entries(settings).filter(([, value]) => value !== "" && value !== null);
  const names = new Set(there.map(([name]) => name));
  const isThere = ({ path }: { readonly path: string }) => names.has(path.split("/")[2] ?? "");
  const read = type.settings.safeParse({ ...type.setup.example, ...Object.fromEntries(there) });
  if (read.success) return { warnings: type.warnings(read.data).filter(isThere), faults: [] };
  return { warnings: [], faults: faultsOfIssues(read.error.issues, ["settings"]) };
}
