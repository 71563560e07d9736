import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";

/** Where the server is and what opens it. */
export interface Connection {
  readonly url: string;
  readonly token: string | undefined;
}

const fileSchema = z.record(z.string(), z.object({ token: z.string() }));

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a server listens unless it was told otherwise. */
export const DEFAULT_URL = "http://127.0.0.1:7373";

function credentialsFile(environment: Environment): string {
  const base = environment["XDG_CONFIG_HOME"] ?? join(environment["HOME"] ?? ".", ".config");
  return join(base, "peregrine", "credentials.json");
}

async function readCredentials(file: string): Promise<z.infer<typeof fileSchema>> {
  try {
    return fileSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw error;
  }
}

/** PEREGRINE_URL and PEREGRINE_TOKEN win; then what `peregrine login` stored for that address. */
export async function findConnection(environment: Environment, url: string | undefined): Promise<Connection> {
  const address = (url ?? environment["PEREGRINE_URL"] ?? DEFAULT_URL).replace(/\/+$/, "");
  const token = environment["PEREGRINE_TOKEN"];
  if (token !== undefined && token !== "") return { url: address, token };
  const stored = await readCredentials(credentialsFile(environment));
  return { url: address, token: stored[address]?.token };
}

/** Keeps a token for an address in a file that only its owner reads. Returns the file's path. */
export async function storeToken(environment: Environment, url: string, token: string): Promise<string> {
  const file = credentialsFile(environment);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const stored = await readCredentials(file);
  await writeFile(file, `${JSON.stringify({ ...stored, [url]: { token } }, null, 2)}\n`, { mode: 0o600 });
  return file;
}
