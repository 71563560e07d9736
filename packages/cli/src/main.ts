import { CommanderError } from "commander";
import { CommandFailed, EXIT } from "./exit.ts";
import { asRun, invocation } from "./invocation.ts";
import { type Output, processOutput } from "./output.ts";
import { program } from "./program.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Runs the command line. What fails is explained on standard error, and with `--json` as one object on standard
 * output too.
 *
 * @returns the exit code; docs/cli.md lists them
 */
export async function main(argv: readonly string[], environment: Environment): Promise<number> {
  const output = processOutput(argv.includes("--json"), environment);
  // Who reads only the beginning, as `head` does, ends the command, and that is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(EXIT.ok);
    throw error;
  });
  try {
    await program(environment).parseAsync(argv);
    return EXIT.ok;
  } catch (error) {
    const failure = explain(error, environment);
    return failure === undefined ? EXIT.ok : tell(failure, output, invocation(environment));
  }
}

function tell({ exit, message, lines, code, json }: CommandFailed, output: Output, program: string): number {
  const error = asRun(message, program);
  const details = lines.map((line) => asRun(line, program).trim());
  output.result({ error, exit, code: code ?? null, details, ...json }, []);
  for (const line of [message, ...lines]) output.note(line);
  return exit;
}

/** What a failure means to the person; undefined when help or the version was asked for. */
function explain(error: unknown, environment: Environment): CommandFailed | undefined {
  if (error instanceof CommandFailed) return error;
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return undefined;
    return new CommandFailed(EXIT.usage, usage(error), { lines: ["`--help` shows what there is."] });
  }
  return unexpected(error, environment);
}

function usage({ code, message }: CommanderError): string {
  if (code === "commander.help") return "Say which command.";
  const [first = "", ...hints] = message.replace(/^error: /, "").split("\n");
  const text = first.charAt(0).toUpperCase() + first.slice(1);
  return [/[.!?]$/.test(text) ? text : `${text}.`, ...hints.map((hint) => hint.replace(/[()]/g, ""))].join(
    " ",
  );
}

/** A failure that nobody thought of is a bug; its stack is for who looks for it. */
function unexpected(error: unknown, environment: Environment): CommandFailed {
  const verbose = ["debug", "trace"].includes(environment["PEREGRINE_LOG_LEVEL"] ?? "");
  const stack = verbose && error instanceof Error ? (error.stack ?? "") : "";
  const said = error instanceof Error ? error.message : String(error);
  return new CommandFailed(EXIT.internal, `Something went wrong inside this command: ${said}`, {
    lines: [
      stack,
      "This is a mistake of Peregrine's. Please report it with what PEREGRINE_LOG_LEVEL=debug adds to this message.",
    ],
    code: "internal",
  });
}
