type Environment = Readonly<Record<string, string | undefined>>;

/** How somebody who has just run this program runs it again: npx says in the environment that it was npx. */
export function invocation(environment: Environment): string {
  return environment["npm_command"] === "exec" ? "npx peregrine" : "peregrine";
}

/** A command at the beginning of a line, behind a sign, or in backticks. */
const COMMAND = /(^|[:;|`]) *peregrine (?=[a-z-])/g;

/** A text that names commands, so that they can be copied. @param program what {@link invocation} says */
export function asRun(text: string, program: string): string {
  return text.replaceAll(COMMAND, (found) => found.replace("peregrine", program));
}
