import type { Fault } from "../../error.ts";
import { didYouMean } from "../did-you-mean.ts";
import type { Reporter } from "../report.ts";
import type { ResolvedRule } from "../resolved.ts";
import { audienceReference } from "../rule.ts";
import { MAXIMUM_CHAIN, type Place, type ResolveContext } from "./context.ts";

/** So many faults of another audience's rule are told where it is named. */
const FAULTS_TOLD = 3;

/** `{ inAudience: 5d822e81 }`: the rule of that audience, resolved once however often it is named. */
export function resolveInAudience(
  value: unknown,
  { report }: Place,
  context: ResolveContext,
): ResolvedRule | undefined {
  context.leaf(report);
  const parsed = audienceReference.safeParse(value, { reportInput: true });
  if (!parsed.success) return report.issues(parsed.error.issues);
  const { catalog } = context;
  if (catalog === undefined) return undefined;
  const id = parsed.data;
  const cycle = context.cycleWith(id);
  if (cycle !== undefined) {
    const nameOf = (member: string) => `"${catalog.audiences.get(member)?.name ?? member}" (\`${member}\`)`;
    return report.fault(
      `audiences name one another in a circle: ${cycle.map(nameOf).join(" → ")}`,
      "Take one of them out of the rule that names it.",
    );
  }
  const audience = catalog.audiences.get(id);
  if (audience === undefined) {
    return report.fault(
      `there is no audience \`${id}\``,
      didYouMean(id, catalog.audiences.keys()) ??
        "Write the id of an audience, as the list of audiences shows it.",
    );
  }
  if (context.chainTooLong()) return tooLong(report);
  const result = context.audience(id, audience.rule);
  if ("faults" in result) {
    const [fault] = result.faults;
    // A circle is told as it is, wherever it was entered.
    if (fault !== undefined && isCircle(fault)) return report.fault(fault.message, fault.remedy);
    return report.fault(
      `the rule of the audience "${audience.name}" (\`${id}\`) has faults: ${told(result.faults)}`,
      "Correct that audience first.",
    );
  }
  if (context.chainTooLong()) return tooLong(report);
  return { kind: "inAudience", id, name: audience.name, of: result.ok };
}

function tooLong(report: Reporter): undefined {
  return report.fault(
    `more than ${MAXIMUM_CHAIN} audiences name one another in a row`,
    "Put the conditions of some of them into one rule.",
  );
}

function isCircle({ message }: Fault): boolean {
  return message.startsWith("audiences name one another in a circle");
}

function told(faults: readonly Fault[]): string {
  const first = faults.slice(0, FAULTS_TOLD).map(({ path, message }) => `${message} (${path || "/"})`);
  const more = faults.length - first.length;
  return [...first, ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}
