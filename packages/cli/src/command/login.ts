import { connect, dataOf } from "../client.ts";
import { storeToken } from "../credentials.ts";
import { CommandFailed, EXIT } from "../exit.ts";
import type { Session } from "../session.ts";

/** Keeps a token for this server: the first administrator's by the set-up code, or one that was made before. */
export async function login(
  session: Session,
  { setupCode, token, name }: { readonly setupCode?: string; readonly token?: string; readonly name: string },
): Promise<void> {
  const { api, connection, environment, output } = session;
  if (setupCode === undefined && token === undefined) {
    throw new CommandFailed(EXIT.usage, "Say --setup-code CODE, or --token TOKEN.", {
      lines: ["The set-up code was printed when `peregrine serve` started for the first time."],
    });
  }
  const opened =
    setupCode === undefined
      ? token
      : dataOf(await api.POST("/api/v1/setup", { body: { code: setupCode, name } })).token;
  if (opened === undefined) throw new CommandFailed(EXIT.internal, "The server gave no token.");
  const probe = connect({ url: connection.url, token: opened });
  await probe.GET("/api/v1/audiences", { params: { query: { limit: 1 } } });
  const file = await storeToken(environment, connection.url, opened);
  output.result({ url: connection.url, stored: file }, [
    `Signed in at ${connection.url}; the token is in ${file}.`,
  ]);
}
