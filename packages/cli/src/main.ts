import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { connect } from "./client.ts";
import { activationStatus, listActivations, runActivation, showActivation } from "./command/activation.ts";
import { apply } from "./command/apply.ts";
import { listAudiences, previewAudience, showAudience } from "./command/audience.ts";
import { importFile, refusedRows } from "./command/import.ts";
import { login } from "./command/login.ts";
import { showProfile } from "./command/profile.ts";
import { rebuild } from "./command/rebuild.ts";
import { createToken, listTokens, revokeToken } from "./command/token.ts";
import { findConnection } from "./credentials.ts";
import { CommandFailed, EXIT } from "./exit.ts";
import { processOutput } from "./output.ts";
import type { Session } from "./session.ts";

type Environment = Readonly<Record<string, string | undefined>>;

interface GlobalOptions {
  readonly json?: boolean;
  readonly url?: string;
}

/** Runs the command line and returns the exit code. Everything that fails is explained on standard error. */
export async function main(argv: readonly string[], environment: Environment): Promise<number> {
  const json = argv.includes("--json");
  try {
    await program(environment).parseAsync(argv);
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (!(error instanceof CommandFailed)) throw error;
    const output = processOutput(json);
    if (json) output.result({ error: error.message, problem: error.problem ?? null }, []);
    output.note(error.message);
    for (const line of error.lines) if (line !== "") output.note(line);
    return error.exit;
  }
}

function program(environment: Environment): Command {
  const root = new Command("peregrine")
    .description("Profiles, audiences and activations of a self-hosted customer data platform.")
    .exitOverride()
    .showHelpAfterError("(--help shows what there is)")
    .configureHelp({ showGlobalOptions: true })
    .option("--json", "print one JSON value instead of text")
    .option("--url <address>", "where the server is (PEREGRINE_URL, else http://127.0.0.1:7373)");

  const session = async (): Promise<Session> => {
    const { json = false, url } = root.opts<GlobalOptions>();
    const connection = await findConnection(environment, url);
    return {
      api: connect(connection),
      connection,
      output: processOutput(json),
      environment,
      pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    };
  };

  addServerCommands(root, environment);
  addAccessCommands(root, session);
  addDataCommands(root, session);
  addAudienceCommands(root, session);
  addActivationCommands(root, session);
  return root;
}

type OpenSession = () => Promise<Session>;

function addServerCommands(root: Command, environment: Environment): void {
  root
    .command("serve")
    .description("run the server; docs/configuration.md lists its environment variables")
    .addOption(new Option("--data <folder>", "the data folder (PEREGRINE_DATA)"))
    .addOption(new Option("--host <address>", "the address to listen on (PEREGRINE_HOST, else 127.0.0.1)"))
    .addOption(new Option("--port <number>", "the port to listen on (PEREGRINE_PORT, else 7373)"))
    .addOption(new Option("--roles <roles>", "what this process does: web,ingest,worker (PEREGRINE_ROLES)"))
    .addOption(
      new Option(
        "--as-of <instant>",
        "evaluate everything as of this instant, for old data (PEREGRINE_AS_OF)",
      ),
    )
    .action(async (options: Record<string, string | undefined>) => {
      // The server is large; other commands start without loading it.
      const { serve } = await import("./serve.ts");
      const { json = false } = root.opts<GlobalOptions>();
      await serve({ ...environment, ...serverVariables(options) }, processOutput(json));
    });
  root
    .command("demo")
    .description("an invented shop, its audiences, and a stand-in for Ibexa that is brought in step")
    .option(
      "--headless",
      "do it once in a folder of its own, compare person by person, print the result, end",
    )
    .action(async (options: { headless?: boolean }) => {
      const { demo } = await import("./demo/demo.ts");
      await demo({ headless: options.headless ?? false }, environment, Date.now);
    });
}

function serverVariables(options: Record<string, string | undefined>): Record<string, string> {
  const names = {
    data: "PEREGRINE_DATA",
    host: "PEREGRINE_HOST",
    port: "PEREGRINE_PORT",
    roles: "PEREGRINE_ROLES",
    asOf: "PEREGRINE_AS_OF",
  };
  return Object.fromEntries(
    Object.entries(names).flatMap(([option, variable]) => {
      const value = options[option];
      return value === undefined ? [] : [[variable, value]];
    }),
  );
}

function addAccessCommands(root: Command, session: OpenSession): void {
  root
    .command("login")
    .description("keep a token for this server")
    .option("--setup-code <code>", "the code that the first start of the server printed")
    .option("--token <token>", "a token that was made before")
    .option("--name <name>", "what the administrator's token is called", "first administrator")
    .action(async (options: { setupCode?: string; token?: string; name: string }) =>
      login(await session(), options),
    );
  const token = root.command("token").description("tokens of the API");
  token
    .command("create <name>")
    .description("make a token and show it, this once")
    .addOption(new Option("--role <role>").choices(["viewer", "editor", "admin"]).default("viewer"))
    .action(async (name: string, { role }: { role: "viewer" | "editor" | "admin" }) =>
      createToken(await session(), name, role),
    );
  token
    .command("list")
    .description("all tokens, without what opens the door")
    .action(async () => listTokens(await session()));
  token
    .command("revoke <id>")
    .description("from now on the token opens nothing")
    .action(async (id: string) => revokeToken(await session(), id));
}

function addDataCommands(root: Command, session: OpenSession): void {
  root
    .command("apply")
    .description("bring identifiers, schemas, dataflows, audiences and activations to what YAML files say")
    .requiredOption("-f, --file <paths...>", "files, or folders with .yaml files")
    .option("--dry-run", "only show what would change")
    .option("--prune", "delete what came from files and stands in none of these")
    .addOption(
      new Option("--destination <answer>", "an activation's address changed: is it the same Ibexa?").choices([
        "same",
        "different",
      ]),
    )
    .action(
      async (options: {
        file: string[];
        dryRun?: boolean;
        prune?: boolean;
        destination?: "same" | "different";
      }) =>
        apply(await session(), {
          files: options.file,
          dryRun: options.dryRun ?? false,
          prune: options.prune ?? false,
          destination: options.destination,
        }),
    );
  const files = root.command("import").description("files in: `import <dataflow> <file>` takes one in");
  files
    .command("file <dataflow> <file>", { isDefault: true })
    .description("send a CSV file, plain or gzip, and wait until it is taken in")
    .action(async (dataflow: string, file: string) => importFile(await session(), dataflow, file));
  files
    .command("refused <id>")
    .description("an import's refused rows as CSV")
    .action(async (id: string) => refusedRows(await session(), wholeNumber(id)));
  root
    .command("rebuild")
    .description("derive all profiles again from the rows")
    .action(async () => rebuild(await session()));
  root
    .command("profile")
    .description("people")
    .command("show <identifier>")
    .description("one person, by `userid:1042`, any other identifier, or a profile's number")
    .action(async (identifier: string) => showProfile(await session(), identifier));
}

function addAudienceCommands(root: Command, session: OpenSession): void {
  const audience = root.command("audience").description("audiences");
  audience
    .command("list")
    .description("all audiences with their sizes")
    .action(async () => listAudiences(await session()));
  audience
    .command("show <id>")
    .description("one audience with its rule in words")
    .action(async (id: string) => showAudience(await session(), id));
  audience
    .command("preview <id>")
    .description("whom the rule finds now: size, without identifier, 25 people; changes nothing")
    .option("--as-of <instant>", "as of another instant, ISO 8601")
    .action(async (id: string, { asOf }: { asOf?: string }) => previewAudience(await session(), id, asOf));
}

function addActivationCommands(root: Command, session: OpenSession): void {
  const activation = root.command("activation").description("activations");
  activation
    .command("list")
    .description("all activations")
    .action(async () => listActivations(await session()));
  activation
    .command("show <id>")
    .description("one activation with its settings, without its secrets")
    .action(async (id: string) => showActivation(await session(), id));
  activation
    .command("status <id>")
    .description("how each audience stands: numbers that add up, and why it failed if it did")
    .action(async (id: string) => activationStatus(await session(), id));
  activation
    .command("run <id>")
    .description("check, plan and deliver now, and wait for the end")
    .action(async (id: string) => runActivation(await session(), id));
}

function wholeNumber(text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new InvalidArgumentError(`${text} is not a whole number.`);
}
