import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import { addAccessCommands } from "./access-commands.ts";
import { addActivationCommands } from "./activation-commands.ts";
import { examples } from "./argument.ts";
import { addAudienceCommands, addCatalogCommands } from "./audience-commands.ts";
import { connect } from "./client.ts";
import { reportIdentifier } from "./command/identifier-report.ts";
import { rebuild } from "./command/rebuild.ts";
import { DEFAULT_URL, findConnection } from "./credentials.ts";
import { addDefinitionCommands, addImportCommands, addStreamCommands } from "./data-commands.ts";
import { addDataflowCommands } from "./dataflow-commands.ts";
import { addIbexaCommands } from "./ibexa-commands.ts";
import { asRun, invocation } from "./invocation.ts";
import { processOutput } from "./output.ts";
import { addPeopleCommands } from "./people-commands.ts";
import type { OpenSession, Session } from "./session.ts";
import { addTakeoverCommands } from "./takeover-commands.ts";

type Environment = Readonly<Record<string, string | undefined>>;

interface GlobalOptions {
  readonly json?: boolean;
  readonly url?: string;
}

/**
 * All commands with their help; what they need is opened when one of them runs. Those that read or write YAML, or
 * build on the shapes of definitions, are loaded then too: they take longer to load than all others to run.
 */
export function program(environment: Environment): Command {
  const root = new Command("peregrine")
    .description("Profiles, audiences and activations of a self-hosted customer data platform.")
    .version(ownVersion(), "--version", "print the version")
    .exitOverride()
    // What goes wrong is thrown, and told in one place: as text, or as JSON.
    .configureOutput({
      writeOut: (help) => process.stdout.write(asRun(help, invocation(environment))),
      writeErr: (help) => process.stderr.write(asRun(help, invocation(environment))),
      outputError: () => {},
    })
    .configureHelp({ showGlobalOptions: true })
    .option("--json", "print exactly one JSON value on standard output, also when the command fails")
    .option("--url <address>", `where the server is (PEREGRINE_URL, else ${DEFAULT_URL})`)
    .addHelpText(
      "after",
      `
A first look:
  peregrine serve                          run the server; the first start prints a set-up code
  peregrine login --setup-code CODE        become its first administrator
  peregrine apply -f examples/shop --dry-run
  peregrine import customers customers.csv

Exit codes: 0 done, 1 failed, 64 wrong usage, 65 wrong input, 66 no such file or thing, 69 not reachable,
70 a bug, 74 no room, 75 try again later, 77 not permitted, 78 configuration. docs/cli.md explains them.`,
    );

  const session = async (): Promise<Session> => {
    const { json = false, url } = root.opts<GlobalOptions>();
    const connection = await findConnection(environment, url);
    return {
      api: connect(connection),
      connection,
      output: processOutput(json, environment),
      environment,
      pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    };
  };

  addServerCommands(root, environment);
  addAccessCommands(root, session);
  addDataCommands(root, session);
  addCatalogCommands(root, session);
  addAudienceCommands(root, session);
  addActivationCommands(root, session);
  addIbexaCommands(root, session, environment);
  addTakeoverCommands(root, session, environment);
  return root;
}

function addServerCommands(root: Command, environment: Environment): void {
  root
    .command("serve")
    .description("run the server; docs/configuration.md lists its environment variables")
    .addOption(new Option("--data <folder>", "the data folder (PEREGRINE_DATA, else ./.peregrine)"))
    .addOption(new Option("--host <address>", "the address to listen on (PEREGRINE_HOST, else 127.0.0.1)"))
    .addOption(
      new Option("--port <number>", "the port to listen on (PEREGRINE_PORT, else 7373; 0 takes any)"),
    )
    .addOption(new Option("--roles <roles>", "what this process does: web,ingest,worker (PEREGRINE_ROLES)"))
    .addOption(
      new Option(
        "--as-of <instant>",
        "evaluate everything as of this instant, for old data (PEREGRINE_AS_OF)",
      ),
    )
    .addHelpText("after", examples("peregrine serve --data /var/lib/peregrine --host 0.0.0.0"))
    .action(async (options: Record<string, string | undefined>) => {
      // The server is large; other commands start without loading it.
      const { serve } = await import("./serve.ts");
      const { json = false } = root.opts<GlobalOptions>();
      await serve({ ...environment, ...serverVariables(options) }, processOutput(json, environment));
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
      const { json = false } = root.opts<GlobalOptions>();
      await demo({ headless: options.headless ?? false, json }, environment, Date.now);
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
    .addOption(
      new Option(
        "--people <choice>",
        "of audiences that an activation carries no more: take their people out first, or leave them there",
      ).choices(["takeOut", "leave"]),
    )
    .addHelpText(
      "after",
      `${examples("peregrine apply -f examples/shop --dry-run", "peregrine apply -f audiences.yaml activation.yaml")}

$\{NAME} in a file is replaced by the environment variable NAME: so secrets stay out of files.`,
    )
    .action(
      async (options: {
        file: string[];
        dryRun?: boolean;
        prune?: boolean;
        destination?: "same" | "different";
        people?: "takeOut" | "leave";
      }) => {
        const { apply } = await import("./command/apply.ts");
        await apply(await session(), {
          files: options.file,
          dryRun: options.dryRun ?? false,
          prune: options.prune ?? false,
          destination: options.destination,
          people: options.people,
        });
      },
    );
  addDefinitionCommands(root, session);
  addDataflowCommands(root, session);
  addImportCommands(root, session);
  addStreamCommands(root, session);
  root
    .command("rebuild")
    .description("derive all profiles again from the rows; readers see the old ones until the end")
    .option("--current-identifiers", "unify all rows by the identifiers' settings of today, and record these")
    .action(async ({ currentIdentifiers }: { currentIdentifiers?: boolean }) =>
      rebuild(await session(), currentIdentifiers === true ? "current" : "recorded"),
    );
  root
    .command("identifier")
    .description("kinds of person identifiers")
    .command("report <id>")
    .description("is an identifier right: rows with and without it, what is wrong with it, and what to do")
    .option("--again", "make a new report, even if nothing has changed since the last one")
    .addHelpText("after", examples("peregrine identifier report userid"))
    .action(async (id: string, { again }: { again?: boolean }) =>
      reportIdentifier(await session(), id, again ?? false),
    );
  addPeopleCommands(root, session);
}

function ownVersion(): string {
  const written: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return typeof written === "object" && written !== null && "version" in written
    ? String(written.version)
    : "";
}
