import { z } from "zod";

/** The version of a definition that whoever changes or deletes it has seen, as part of a query. */
export const seenVersion = z.coerce
  .number()
  .int()
  .min(1)
  .optional()
  .describe("The version that was seen: refused (409) when somebody else saved it since");
