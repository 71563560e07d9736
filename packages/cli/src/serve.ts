import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { PeregrineError } from "@peregrine/core";
import { readConfig, startServer } from "@peregrine/server";
import { CommandFailed, EXIT } from "./exit.ts";
import { type Output, sentence } from "./output.ts";

/** The folder of the built pages. */
export const PAGES = dirname(fileURLToPath(import.meta.resolve("@peregrine/web/index.html")));

type Environment = Readonly<Record<string, string | undefined>>;

/** Codes that say: the configuration or the data, not the moment, is wrong; to start it again changes nothing. */
const CONFIGURATION: ReadonlySet<string> = new Set([
  "configurationInvalid",
  "secretKeyInvalid",
  "secretKeyWrong",
  "planesApart",
  "storeForeign",
  "storeNewer",
  "engineNewer",
  "storeDamaged",
  "folderUnusable",
]);

/** What a start that failed means for a terminal and for a service manager. */
export function startFailure(error: PeregrineError): CommandFailed {
  const { code, faults, remedy } = error;
  const exit = CONFIGURATION.has(code) ? EXIT.config : code === "diskFull" ? EXIT.noRoom : EXIT.unavailable;
  const message =
    code === "configurationInvalid"
      ? `The configuration has ${faults.length === 1 ? "a fault" : `${faults.length} faults`}.`
      : sentence(error.detail);
  return new CommandFailed(exit, message, {
    lines: [
      ...faults.map((fault) =>
        `  ${fault.path} ${sentence(fault.message)} ${sentence(fault.remedy ?? "")}`.trimEnd(),
      ),
      remedy,
    ],
    code,
    json: { faults },
  });
}

/** Runs the server until it is told to stop; the first start shows the set-up code. */
export async function serve(environment: Environment, output: Output): Promise<void> {
  try {
    const server = await startServer({ config: readConfig(environment), pages: PAGES });
    if (server.setupCode === undefined && server.awaitsSetup) {
      output.note("There is no administrator yet. Sign in with the set-up code of the first start:");
      output.note(`  peregrine login --url ${server.url} --setup-code …`);
      output.note("Is it lost? Set PEREGRINE_SETUP_CODE to a new one and start again.");
    }
    if (server.setupCode !== undefined) {
      // The log writes to the same terminal, and this is what somebody has to find there.
      output.note("");
      output.note(`Set-up code for the first administrator, shown this once: ${server.setupCode}`);
      output.note(`Open ${server.url} and give it there, or by the command line:`);
      output.note(`  peregrine login --url ${server.url} --setup-code ${server.setupCode}`);
      output.note("");
    }
    output.result({ url: server.url }, [`Peregrine listens on ${server.url}`]);
    await toldToStop();
    await server.close();
  } catch (error) {
    if (error instanceof PeregrineError) throw startFailure(error);
    throw error;
  }
}

/** SIGTERM from a service manager, SIGINT from a keyboard. A second one ends the process at once. */
export function toldToStop(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      resolve();
      const atOnce = () => process.exit(EXIT.temporary);
      process.once("SIGTERM", atOnce);
      process.once("SIGINT", atOnce);
    };
    process.once("SIGTERM", stop);
    process.once("SIGINT", stop);
  });
}
