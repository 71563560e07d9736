import { EnvHttpProxyAgent, errors, request } from "undici";
import { CommandFailed, EXIT } from "../exit.ts";
import { AnswerNotUnderstood, type ForeignAudience, readAudiences, readMembers } from "./cdp-answer.ts";
import { textOfFile } from "./text-of-file.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The CDP API v3 of another CDP, for reading. */
export interface CdpApi {
  audiences(): Promise<ForeignAudience[]>;
  /** Ids of the people of an audience. */
  members(audienceId: string, identifier: string): Promise<string[]>;
  close(): Promise<void>;
}

const ACTIVATION_ID = "CDP_MEMBERSHIP_ACTIVATION_ID";
const API_KEY = "CDP_MEMBERSHIP_API_KEY";
/** Of one answer: a large audience takes its time. */
const TIMEOUT_MS = 120_000;
const LARGEST_ANSWER = 512 * 1024 * 1024;

/**
 * Opens the API at an address. Its credentials come from the environment, or from a file of lines `NAME=value`: what
 * stands in arguments can be seen by everybody on the machine.
 *
 * @throws CommandFailed when the address or the credentials are not as they have to be
 */
export async function openCdpApi(
  address: string,
  credentialsFile: string | undefined,
  environment: Environment,
): Promise<CdpApi> {
  const base = baseOf(address);
  const given =
    credentialsFile === undefined ? environment : { ...environment, ...(await linesOf(credentialsFile)) };
  const headers = {
    Accept: "application/json",
    "X-ACTIVATION-ID": credential(given, ACTIVATION_ID),
    "X-API-KEY": credential(given, API_KEY),
  };
  // As HTTPS_PROXY, HTTP_PROXY and NO_PROXY say.
  const agent = new EnvHttpProxyAgent({ headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
  const get = async <Result>(path: string, read: (answer: unknown) => Result): Promise<Result> => {
    const url = `${base}/api/v3/${path}`;
    const answer = await ask(url, headers, agent);
    try {
      return read(answer);
    } catch (error) {
      if (!(error instanceof AnswerNotUnderstood)) throw error;
      throw new CommandFailed(EXIT.unavailable, `${url} answered what is not understood. ${error.message}`, {
        lines: ["Nothing was taken over. Export it to a file and use that instead."],
      });
    }
  };
  return {
    audiences: () => get("audiences", readAudiences),
    members: (audienceId, identifier) =>
      get(`membership/${encodeURIComponent(audienceId)}`, (answer) => readMembers(answer, identifier)),
    close: () => agent.close(),
  };
}

function baseOf(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new CommandFailed(
      EXIT.usage,
      "--from-api must be an address that begins with https:// or http://.",
    );
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new CommandFailed(
      EXIT.usage,
      "--from-api must be an address alone: no credentials, no `?`, no `#`.",
      {
        lines: [`Credentials come from ${ACTIVATION_ID} and ${API_KEY}, or from a file with --credentials.`],
      },
    );
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "").replace(/\/api\/v3$/, "");
}

function credential(given: Environment, name: string): string {
  const value = given[name]?.trim() ?? "";
  // Anything else could not be a header; the value itself is never told.
  if (/^[!-~]+$/.test(value)) return value;
  throw new CommandFailed(
    EXIT.config,
    value === "" ? `${name} is not set.` : `${name} has signs that no header can carry.`,
    { lines: [`Set ${ACTIVATION_ID} and ${API_KEY}, or name a file that has them with --credentials.`] },
  );
}

async function linesOf(file: string): Promise<Environment> {
  const text = await textOfFile(file);
  return Object.fromEntries(
    text.split(/\r?\n/).flatMap((line) => {
      const [, name, value = ""] = /^\s*(?:export\s+)?([A-Z_]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, value.replace(/^(["'])(.*)\1$/, "$2")]];
    }),
  );
}

async function ask(
  url: string,
  headers: Readonly<Record<string, string>>,
  agent: EnvHttpProxyAgent,
): Promise<unknown> {
  let status: number;
  let text: string;
  try {
    const answer = await request(url, {
      headers,
      dispatcher: agent,
      signal: AbortSignal.timeout(2 * TIMEOUT_MS),
    });
    status = answer.statusCode;
    text = await textOf(answer.body, url);
  } catch (error) {
    if (error instanceof CommandFailed) throw error;
    const isNetwork =
      error instanceof errors.UndiciError ||
      (error instanceof Error && ("code" in error || error.name === "TimeoutError"));
    if (!isNetwork) throw error;
    const code = "code" in error ? String(error.code) : error.name;
    throw new CommandFailed(EXIT.unavailable, `${url} does not answer (${code}).`, {
      lines: ["Check the address and the network; HTTPS_PROXY names a proxy."],
    });
  }
  if (status === 401 || status === 403) {
    throw new CommandFailed(
      EXIT.notPermitted,
      `${url} answered ${status}: it does not take the credentials.`,
      {
        lines: [`Check ${ACTIVATION_ID} and ${API_KEY}.`],
      },
    );
  }
  if (status !== 200) {
    throw new CommandFailed(EXIT.unavailable, `${url} answered ${status}.`, {
      lines: ["Nothing was taken over; check the address, or use a file."],
    });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new CommandFailed(EXIT.unavailable, `${url} answered what is not JSON.`, {
      lines: ["Is it the address of a CDP API v3?"],
    });
  }
}

async function textOf(body: AsyncIterable<Buffer>, url: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes <= LARGEST_ANSWER) continue;
    throw new CommandFailed(EXIT.unavailable, `${url} answered more than 512 MB.`, {
      lines: ["Export the list to a file; files of any size are read."],
    });
  }
  return Buffer.concat(chunks).toString("utf8");
}
