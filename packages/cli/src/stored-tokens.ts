import { z } from "zod";

/** What `peregrine login` keeps: by address of the server, the token that opens it. */
export const storedTokens = z.record(z.string(), z.object({ token: z.string() }));
export type StoredTokens = z.infer<typeof storedTokens>;
