import { ApiProblem } from "./client.ts";

/** Whether somebody else saved what was to be changed or deleted in between. */
export function isOvertaken(error: Error | null): error is ApiProblem {
  return error instanceof ApiProblem && error.problem.code === "savedMeanwhile";
}
