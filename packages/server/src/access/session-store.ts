import type { SessionStore } from "@fastify/session";
import type { Sessions } from "../store/index.ts";

declare module "fastify" {
  interface Session {
    /** Who is signed in. */
    userId?: string;
    /** Of the last request, in hours since 1970. */
    hour?: number;
  }
}

/** How long a session lasts after its last request. */
export const SESSION_MS = 12 * 3_600_000;

/** Keeps the library's sessions in the control plane, so that they outlive a restart and all servers know them. */
export function sessionStore(sessions: Sessions, now: () => number): SessionStore {
  const answer = <Result>(work: Promise<Result>, callback: (error: unknown, result?: Result) => void) => {
    work.then(
      (result) => callback(null, result),
      (error: unknown) => callback(error),
    );
  };
  return {
    set(id, session, callback) {
      const expiresAt = session.cookie.expires?.getTime() ?? now() + SESSION_MS;
      const userId = session.userId ?? null;
      answer(sessions.put(id, { data: JSON.stringify(session), expiresAt, userId }), callback);
    },
    get(id, callback) {
      const read = async () => {
        const data = await sessions.get(id);
        // It was written by `set`.
        return data === undefined ? null : JSON.parse(data);
      };
      answer(read(), callback);
    },
    destroy(id, callback) {
      answer(sessions.delete(id), callback);
    },
  };
}
