type Environment = Readonly<Record<string, string | undefined>>;

/** Where this program is not on the path, npx finds it. */
export const BY_NPX = "npx peregrine";

/**
 * How somebody who has just run this program runs it again. npm says in the environment by which of its commands it
 * was: `npx` or `npm run`; only npm knew the way then.
 */
export function invocation(environment: Environment): string {
  return environment["npm_command"] === undefined ? "peregrine" : BY_NPX;
}

/** A command at the beginning of a line, behind a sign, or in backticks; in a usage, options may come first. */
const COMMAND = /(^|[:;|`]) *peregrine (?=[a-z[-])/gm;

/** A text that names commands, so that they can be copied. @param program what {@link invocation} says */
export function asRun(text: string, program: string): string {
  return text.replaceAll(COMMAND, (found) => found.replace("peregrine", program));
}
