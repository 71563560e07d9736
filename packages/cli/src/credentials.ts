import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CommandFailed, EXIT } from "./exit.ts";
import type { StoredTokens } from "./stored-tokens.ts";

/** Where the server is and what opens it. */
export interface Connection {
  readonly url: string;
  readonly token: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a server listens unless it was told otherwise. */
export const DEFAULT_URL = "http://127.0.0.1:7373";

function credentialsFile(environment: Environment): string {
  const base = environment["XDG_CONFIG_HOME"] || join(environment["HOME"] ?? ".", ".config");
  return join(base, "peregrine", "credentials.json");
}

async function readCredentials(file: string): Promise<StoredTokens> {
  try {
    const text = await readFile(file, "utf8");
    // Where the token comes from the environment, nothing that checks shapes is loaded.
    const { storedTokens } = await import("./stored-tokens.ts");
    return storedTokens.parse(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if ("code" in error && error.code === "ENOENT") return {};
    throw new CommandFailed(
      EXIT.config,
      `${file} can't be read as the tokens that \`peregrine login\` stores.`,
      {
        lines: ["Remove the file and sign in again, or set PEREGRINE_TOKEN."],
      },
    );
  }
}

/**
 * PEREGRINE_URL and PEREGRINE_TOKEN win; then what `peregrine login` stored for that address.
 *
 * @throws CommandFailed when the address is none, or the stored tokens can't be read
 */
export async function findConnection(environment: Environment, url: string | undefined): Promise<Connection> {
  const address = serverAddress(environment, url);
  const token = environment["PEREGRINE_TOKEN"];
  if (token !== undefined && token !== "") return { url: address, token };
  const stored = await readCredentials(credentialsFile(environment));
  return { url: address, token: stored[address]?.token };
}

function serverAddress(environment: Environment, option: string | undefined): string {
  const variable = environment["PEREGRINE_URL"] || DEFAULT_URL;
  const address = option ?? variable;
  const { protocol, username } = URL.canParse(address) ? new URL(address) : { protocol: "", username: "" };
  if (/^https?:$/.test(protocol) && username === "") return address.replace(/\/+$/, "");
  const [exit, name] = option === undefined ? [EXIT.config, "PEREGRINE_URL"] : [EXIT.usage, "--url"];
  throw new CommandFailed(exit, `${name} is not an http:// or https:// address without a user name.`, {
    lines: [`It is written like ${DEFAULT_URL}, which is also what is taken without it.`],
  });
}

/** Keeps a token for an address in a file that only its owner reads. Returns the file's path. */
export async function storeToken(environment: Environment, url: string, token: string): Promise<string> {
  const file = credentialsFile(environment);
  const stored = await readCredentials(file);
  const next = `${file}.new`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(next, `${JSON.stringify({ ...stored, [url]: { token } }, null, 2)}\n`, { mode: 0o600 });
    await rename(next, file);
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    throw new CommandFailed(EXIT.noRoom, `${file} can't be written (${String(error.code)}).`, {
      lines: ["Mend that and sign in with --token; the set-up code opens only once. The token is:", token],
    });
  }
  return file;
}
