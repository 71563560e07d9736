import { type AudienceDefinition, audiencesNamed, type Fault, resolveRule } from "@peregrine/core";
import type { CheckContext, KindHooks } from "../definition/index.ts";
import type { CatalogSource } from "./catalog.ts";
import { cronFault } from "./check-plan.ts";

interface HookDependencies {
  readonly catalog: CatalogSource;
  readonly timeZone: string;
  /** Hears of every audience that was saved. */
  readonly onSaved: () => void;
}

/**
 * Checks every audience's rule against the definitions as they would be: so a schema and an audience that reads it
 * can come together, and neither a schema nor an audience can go while a rule names it.
 */
export function audienceHooks({ catalog, timeZone, onSaved }: HookDependencies): KindHooks<"audience"> {
  return {
    written({ action }) {
      if (action !== "deleted") onSaved();
    },
    async check({ action, body }, { wanted, columns }): Promise<readonly Fault[]> {
      if (action === "deleted") return namedElsewhere(body, wanted);
      const definitions = {
        schemas: wanted.list("schema"),
        dataflows: wanted.list("dataflow"),
        audiences: wanted.list("audience"),
        columns,
      };
      const unseen = action === "unchanged" ? "accepted" : "refused";
      const resolved = resolveRule(body.rule, await catalog.of(definitions, unseen), body.id);
      const faults = "ok" in resolved ? [] : resolved.faults;
      return [
        ...faults.map((fault) => ({ ...fault, path: `/rule${fault.path}` })),
        ...planFaults(body, timeZone),
      ];
    },
  };
}

function planFaults({ check }: AudienceDefinition, timeZone: string): readonly Fault[] {
  if (typeof check !== "object" || !("cron" in check)) return [];
  const message = cronFault(check.cron, timeZone);
  if (message === undefined) return [];
  const remedy =
    "Five fields stand here: minute, hour, day of month, month, day of week, such as 0 6 * * 1-5.";
  return [{ path: "/check/cron", message, remedy }];
}

/** Audiences that stay and name the deleted one in their rules. */
function namedElsewhere({ id }: AudienceDefinition, wanted: CheckContext["wanted"]): readonly Fault[] {
  const naming = wanted.list("audience").filter(({ rule }) => audiencesNamed(rule).has(id));
  return naming.map((other) => ({
    path: "",
    message: `the rule of the audience "${other.name}" (\`${other.id}\`) names it`,
    remedy: "Take it out of that rule first, or delete both together.",
  }));
}
