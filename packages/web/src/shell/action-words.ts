import type { Schemas } from "../api/schemas.ts";

type Entry = Pick<Schemas["AuditEntry"], "action" | "actionText" | "before" | "after">;

/** What was done, in a word: of what can be paused also that it was, or that it goes on. */
export function actionOf({ action, actionText, before, after }: Entry): string {
  const [earlier, later] = [stateOf(before), stateOf(after)];
  if (action !== "changed" || earlier === undefined || earlier === later) return actionText;
  if (later === "paused") return "Paused";
  return later === "active" ? (earlier === "paused" ? "Resumed" : "Activated") : actionText;
}

function stateOf(value: unknown): unknown {
  return typeof value === "object" && value !== null && "state" in value ? value.state : undefined;
}
