import type { ActivationStatus } from "../activation/queries.ts";
import type { IdentifierProfiles, ImportState } from "../data/queries.ts";
import { people } from "../words/number.ts";

/** Something that waits for a person, with the one thing to do about it. */
export interface Need {
  readonly key: string;
  readonly title: string;
  readonly detail: string;
  readonly action: string;
  readonly to:
    | { readonly page: "activation"; readonly id: string; readonly tab?: "refused" | "settings" }
    | { readonly page: "activations" }
    | { readonly page: "audience"; readonly id: string }
    | { readonly page: "import"; readonly id: number }
    | { readonly page: "wizard" };
}

interface Facts {
  readonly dataflows: readonly {
    readonly lastImport: {
      readonly id: number;
      readonly fileName: string;
      readonly state: ImportState;
    } | null;
  }[];
  readonly statuses: readonly ActivationStatus[];
  /** Why it isn't known how the activations stand. */
  readonly unknown: string | undefined;
  readonly userid: IdentifierProfiles;
  readonly audiences: readonly {
    readonly id: string;
    readonly name: string;
    readonly error: { readonly detail: string } | null;
  }[];
}

/** What needs somebody, the worst first; each has one button. */
export function needsOf({ statuses, unknown, userid, audiences, dataflows }: Facts): Need[] {
  return [
    ...missingIdentifier(statuses, userid),
    ...statuses.flatMap(ofActivation),
    ...(unknown === undefined ? [] : [ofUnknown(unknown)]),
    ...ofAudiences(audiences),
    ...ofDataflows(dataflows),
  ];
}

function missingIdentifier(statuses: readonly ActivationStatus[], userid: IdentifierProfiles): Need[] {
  if (statuses.length === 0 || userid.missing === null) return [];
  return [
    {
      key: "userid",
      title: "userid isn’t available",
      detail: `Ibexa recognises people only by it, so nothing can be sent. ${userid.missing}`,
      action: "See what to do",
      to: { page: "wizard" },
    },
  ];
}

function ofActivation({ id, name, lastFailure, segments }: ActivationStatus): Need[] {
  const held = segments.reduce((sum, { status, leaving }) => {
    return status === "heldForApproval" ? sum + leaving.held : sum;
  }, 0);
  const refused = segments.reduce((sum, segment) => sum + segment.refused + segment.leaving.refused, 0);
  const needs: Need[] = [];
  // Until a run has ended well; that one is under way changes nothing yet.
  if (lastFailure !== null) {
    needs.push({
      key: `${id} failed`,
      title: `“${name}” can’t be sent`,
      detail: `${lastFailure.error?.detail ?? ""} ${lastFailure.error?.remedy ?? ""}`.trim(),
      action: "Look at it",
      to: { page: "activation", id },
    });
  }
  if (held > 0) {
    needs.push({
      key: `${id} held`,
      title: `${people(held)} would be taken out by “${name}”`,
      detail: "That is many at once, so it waits for somebody’s approval.",
      action: "Decide",
      to: { page: "activation", id },
    });
  }
  if (refused > 0) {
    needs.push({
      key: `${id} refused`,
      title: `Ibexa refuses ${people(refused)} of “${name}”`,
      detail: "All others are sent. The reasons say what is wrong with these.",
      action: "See the reasons",
      to: { page: "activation", id, tab: "refused" },
    });
  }
  return needs;
}

function ofUnknown(why: string): Need {
  return {
    key: "unknown",
    title: "It isn’t known how the activations stand",
    detail: why,
    action: "Look at them",
    to: { page: "activations" },
  };
}

function ofAudiences(audiences: Facts["audiences"]): Need[] {
  return audiences.flatMap(({ id, name, error }) =>
    error === null
      ? []
      : [
          {
            key: id,
            title: `“${name}” can’t be evaluated`,
            detail: error.detail,
            action: "Mend the rule",
            to: { page: "audience" as const, id },
          },
        ],
  );
}

/** A file that was not taken needs somebody until another one comes. */
function ofDataflows(dataflows: Facts["dataflows"]): Need[] {
  return dataflows.flatMap(({ lastImport }) => {
    if (lastImport === null || (lastImport.state !== "refused" && lastImport.state !== "failed")) return [];
    const { id, fileName, state } = lastImport;
    return [
      {
        key: `import ${id}`,
        title: state === "refused" ? `“${fileName}” was refused` : `The import of “${fileName}” failed`,
        detail: "Nothing of it was taken; what came before stays.",
        action: "See why",
        to: { page: "import" as const, id },
      },
    ];
  });
}
