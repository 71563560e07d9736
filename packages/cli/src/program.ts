import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import { examples, wholeNumber } from "./argument.ts";
import { addAudienceCommands, addCatalogCommands } from "./audience-commands.ts";
import { connect } from "./client.ts";
import { activationStatus, listActivations, showActivation } from "./command/activation.ts";
import { segmentsOfProfile } from "./command/activation-explain.ts";
import { runActivation } from "./command/activation-run.ts";
import { listRuns } from "./command/activation-runs.ts";
import { generateCredentials, showSetup } from "./command/activation-setup.ts";
import { testActivation, testPerson } from "./command/activation-test.ts";
import { deleteProfile, finishDeletion, listDeletions, showDeletion } from "./command/deletion.ts";
import { reportIdentifier } from "./command/identifier-report.ts";
import { login } from "./command/login.ts";
import { showProfile } from "./command/profile.ts";
import { rebuild } from "./command/rebuild.ts";
import { createToken, listTokens, revokeToken } from "./command/token.ts";
import { createUser, listUsers, type NewUser } from "./command/user.ts";
import { DEFAULT_URL, findConnection } from "./credentials.ts";
import { addDefinitionCommands, addImportCommands, addStreamCommands } from "./data-commands.ts";
import { addDataflowCommands } from "./dataflow-commands.ts";
import { addDeliveryCommands } from "./delivery-commands.ts";
import { addIbexaCommands } from "./ibexa-commands.ts";
import { processOutput } from "./output.ts";
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
    .configureOutput({ outputError: () => {} })
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
      output: processOutput(json),
      environment,
      pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    };
  };

  addServerCommands(root, environment);
  addAccessCommands(root, session);
  addUserCommands(root, session);
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

function addAccessCommands(root: Command, session: OpenSession): void {
  root
    .command("login")
    .description("keep a token for this server in a file that only you can read")
    .option("--setup-code <code>", "the code that the first start of the server printed")
    .option("--token <token>", "a token that was made before")
    .option("--name <name>", "what the administrator's token is called", "first administrator")
    .addHelpText("after", examples("peregrine login --setup-code 7QK2-M0XA-94TD-PZ3E"))
    .action(async (options: { setupCode?: string; token?: string; name: string }) =>
      login(await session(), options),
    );
  const token = root.command("token").description("tokens of the API; for administrators");
  token
    .command("create <name>")
    .description("make a token and show it, this once")
    .addOption(
      new Option("--role <role>", "viewers read, editors change, administrators do everything")
        .choices(["viewer", "editor", "admin"])
        .default("viewer"),
    )
    .addHelpText("after", examples('peregrine token create "nightly import" --role editor'))
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

function addUserCommands(root: Command, session: OpenSession): void {
  const user = root.command("user").description("people who sign in at the pages; for administrators");
  user
    .command("create <email>")
    .description("make a user; the password is read from standard input")
    .requiredOption("--name <name>", "what the person is called")
    .addOption(
      new Option("--role <role>", "viewers read, editors change, administrators do everything")
        .choices(["viewer", "editor", "admin"])
        .default("viewer"),
    )
    .addHelpText("after", examples("peregrine user create jo@example.com --name Jo --role admin"))
    .action(async (email: string, { name, role }: Omit<NewUser, "email">) =>
      createUser(await session(), { email, name, role }),
    );
  user
    .command("list")
    .description("all users, without their passwords")
    .action(async () => listUsers(await session()));
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
  const profile = root.command("profile").description("people");
  profile
    .command("segments <identifier>")
    .description("every segment that a person is to be in, or may be in: why, and what is next")
    .addHelpText("after", examples("peregrine profile segments userid:14"))
    .action(async (identifier: string) => segmentsOfProfile(await session(), identifier));
  profile
    .command("show <identifier>")
    .description("one person, by `userid:1042`, any other identifier, or a profile's number")
    .addHelpText("after", examples("peregrine profile show email:jo@example.com"))
    .action(async (identifier: string) => showProfile(await session(), identifier));
  profile
    .command("delete <identifier>")
    .description("say what deleting a person would do; with --yes take them out everywhere, then purge them")
    .option("--yes", "do it; it can't be taken back")
    .addHelpText("after", examples("peregrine profile delete userid:14"))
    .action(async (identifier: string, { yes = false }: { yes?: boolean }) =>
      deleteProfile(await session(), identifier, yes),
    );
  addDeletionCommands(root, session);
}

function addDeletionCommands(root: Command, session: OpenSession): void {
  const deletion = root.command("deletion").description("requests to delete people");
  deletion
    .command("list")
    .description("all of them, newest first, and what they wait for")
    .option("--limit <number>", "how many", wholeNumber, 50)
    .action(async ({ limit }: { limit: number }) => listDeletions(await session(), limit));
  deletion
    .command("show")
    .argument("<id>", "the request's number", wholeNumber)
    .description("one of them: how far it is, and what was purged")
    .action(async (id: number) => showDeletion(await session(), id));
  deletion
    .command("finish")
    .argument("<id>", "the request's number", wholeNumber)
    .description(
      "purge now, whatever destinations still have: they keep the person, and nothing updates them",
    )
    .action(async (id: number) => finishDeletion(await session(), id));
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
  activation
    .command("runs <id>")
    .description("the latest runs: when, what began them, and what became of them")
    .option("--limit <number>", "how many", wholeNumber, 20)
    .action(async (id: string, { limit }: { limit: number }) => listRuns(await session(), id, limit));
  activation
    .command("setup <id>")
    .description("what to set up on the destination's own side, to copy, filled in with the settings")
    .option("--for <version>", "the destination's version, such as 5.x, 4.x or 3.3; without it, the newest")
    .addHelpText("after", examples("peregrine activation setup shop --for 4.x"))
    .action(async (id: string, { for: version }: { for?: string }) =>
      showSetup(await session(), id, version),
    );
  activation
    .command("generate-credentials")
    .description("make an id and a secret for both sides, and show them this once")
    .option("--type <type>", "the activation type", "ibexa")
    .action(async ({ type }: { type: string }) => generateCredentials(await session(), type));
  activation
    .command("test <id>")
    .description("send a heartbeat and say what its answer shows; nothing changes at the destination")
    .action(async (id: string) => testActivation(await session(), id));
  activation
    .command("test-person <id>")
    .description("bring one person into a segment of its own at the destination, or take them out again")
    .option("--person <id>", "as the destination knows the person, such as the id of the Ibexa user")
    .option("--remove", "take the person out, or without --person everybody whom tests have brought in")
    .addHelpText(
      "after",
      examples(
        "peregrine activation test-person shop --person 14",
        "peregrine activation test-person shop --remove",
      ),
    )
    .action(async (id: string, { person, remove }: { person?: string; remove?: boolean }) =>
      testPerson(await session(), id, { person, remove: remove ?? false }),
    );
  addDeliveryCommands(activation, session);
}

function ownVersion(): string {
  const written: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return typeof written === "object" && written !== null && "version" in written
    ? String(written.version)
    : "";
}
