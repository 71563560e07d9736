import { Readable } from "node:stream";
import { authorization, dataOf, failureOf, refusalOf, unreachable } from "../client.ts";
import { CommandFailed, EXIT } from "../exit.ts";
import { count } from "../output.ts";
import type { Session } from "../session.ts";
import { type Member, membersOfFile } from "./member-file.ts";

/** Where it stands who is in which segment. */
export interface MemberSource {
  readonly members?: string | undefined;
  readonly fromApi?: string | undefined;
  readonly credentials?: string | undefined;
  /** A list that was sent before. */
  readonly list?: number | undefined;
  readonly identifier: string;
}

/**
 * The number of the list: of one that was sent before, or of one that is sent now.
 *
 * @param audiences whom to ask the other CDP for; all that it has unless told otherwise
 */
export async function memberListOf(
  session: Session,
  source: MemberSource,
  audiences: readonly string[],
): Promise<number> {
  const { members, fromApi, list } = source;
  if ([members, fromApi, list].filter((one) => one !== undefined).length !== 1) {
    throw new CommandFailed(
      EXIT.usage,
      "Say who is there: --members FILE, --from-api URL, or --list NUMBER of a list that was sent before.",
    );
  }
  if (list !== undefined)
    return dataOf(await session.api.GET("/api/v1/member-lists/{id}", { params: { path: { id: list } } })).id;
  const [only, ...others] = audiences;
  if (members !== undefined)
    return send(session, source, members, membersOfFile(members, others.length === 0 ? only : undefined));
  // Here, not above: its HTTP client takes a third of the time in which any command starts.
  const { openCdpApi } = await import("./cdp-api.ts");
  const api = await openCdpApi(fromApi ?? "", source.credentials, session.environment);
  try {
    const wanted = audiences.length > 0 ? audiences : (await api.audiences()).map(({ id }) => id);
    return await send(session, source, new URL(fromApi ?? "").host, membersOfApi());

    async function* membersOfApi(): AsyncGenerator<Member> {
      for (const audience of wanted)
        for (const person of await api.members(audience, source.identifier)) yield [audience, person];
    }
  } finally {
    await api.close();
  }
}

async function send(
  { connection, output }: Session,
  { identifier }: MemberSource,
  name: string,
  members: AsyncIterable<Member>,
): Promise<number> {
  let sent = 0;
  let failure: unknown;
  async function* lines(): AsyncGenerator<string> {
    try {
      let waiting: string[] = [];
      for await (const member of members) {
        waiting.push(`${JSON.stringify(member)}\n`);
        sent += 1;
        if (waiting.length < 5000) continue;
        yield waiting.join("");
        waiting = [];
        output.progress(`sending ${count(sent)} people …`);
      }
      yield waiting.join("");
    } catch (error) {
      failure = error;
      throw error;
    }
  }
  const query = new URLSearchParams({ name: name.slice(-200), identifier });
  const request: RequestInit & { duplex: "half" } = {
    method: "POST",
    // A stream, so that lists of any size go through.
    body: Readable.toWeb(Readable.from(lines(), { objectMode: false })) as ReadableStream,
    duplex: "half",
    headers: { "Content-Type": "application/x-ndjson", ...authorization(connection) },
  };
  let response: Response;
  let body: string;
  try {
    response = await fetch(`${connection.url}/api/v1/member-lists?${query}`, request);
    body = await response.text();
  } catch (error) {
    throw failure ?? unreachable(connection, error);
  }
  const stranger = refusalOf(response, connection);
  if (stranger !== undefined) throw stranger;
  if (!response.ok) throw failureOf(response.status, body, connection);
  const answer: unknown = JSON.parse(body);
  if (typeof answer === "object" && answer !== null && "id" in answer && typeof answer.id === "number")
    return answer.id;
  throw new CommandFailed(EXIT.internal, "The server took the list and did not say as which.");
}
