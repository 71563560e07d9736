/**
 * Stands where the rule of an audience that was taken over is still to be written. It is no condition, so that
 * nothing takes it for a rule that finds nobody: that would empty the segment.
 */
export const RULE_TO_WRITE = "toBeWritten";
