import { z } from "zod";
import { ROLES } from "../http/api-app.ts";
import { instant, instantOrNull, instantText } from "../http/instant.ts";
import type { UserRecord } from "../store/index.ts";

export const nameSchema = z.string().trim().min(1).max(200);
export const emailSchema = z.email("is not an e-mail address").max(254);
/** Source: NIST SP 800-63B §3.1.1: length counts, kinds of signs don't. */
export const passwordSchema = z
  .string()
  .min(10, "has fewer than 10 characters")
  .max(1000)
  .describe("At least 10 characters");

export const userSchema = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    role: z.enum(ROLES),
    createdAt: instant,
    lastSignedInAt: instant.nullable(),
    disabledAt: instant.nullable().describe("From then on the user can't sign in"),
  })
  .meta({ id: "User" });

export function showUser({ createdAt, lastSignedInAt, disabledAt, ...user }: UserRecord) {
  return {
    ...user,
    createdAt: instantText(createdAt),
    lastSignedInAt: instantOrNull(lastSignedInAt),
    disabledAt: instantOrNull(disabledAt),
  };
}
