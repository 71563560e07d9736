import type { Api } from "./client.ts";
import type { Connection } from "./credentials.ts";
import type { Output } from "./output.ts";

/** What a command works with. */
export interface Session {
  readonly api: Api;
  readonly connection: Connection;
  readonly output: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Waits so many milliseconds between two looks at work that goes on. */
  readonly pause: (ms: number) => Promise<void>;
}

/** Opens what a command works with, when it runs. */
export type OpenSession = () => Promise<Session>;
