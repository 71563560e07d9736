import type { DataflowStanding } from "./queries.ts";

/** Whether the setting up of a dataflow can be gone on with in the wizard. */
export function isHalfMade({ definition, origin }: Pick<DataflowStanding, "definition" | "origin">): boolean {
  return definition.state === "draft" && origin === "api";
}
