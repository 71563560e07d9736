import { readFile } from "node:fs/promises";
import { type Capture, capture, createOutgoing, ReplayImpossible, replayCapture } from "@peregrine/server";
import { CommandFailed, EXIT } from "../exit.ts";
import { counted, type Output } from "../output.ts";

export interface ReplayOptions {
  readonly to: string;
  readonly tokenTo?: string | undefined;
}

const TIMEOUT_MS = 30_000;

async function read(file: string): Promise<Capture> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    throw new CommandFailed(EXIT.noInput, `${file} can't be read (${code}).`, { lines: ["Check the path."] });
  }
  try {
    return capture.parse(JSON.parse(text));
  } catch {
    throw new CommandFailed(EXIT.badInput, `${file} is not a capture of this version.`, {
      lines: ["`peregrine ibexa capture --out FILE` writes one."],
    });
  }
}

/** The variables of a capture, from the environment; the names of Ibexa's recipe serve too. */
function valuesOf(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return {
    ...environment,
    CLIENT_ID: environment["CLIENT_ID"] ?? environment["CDP_ACTIVATION_CLIENT_ID"],
    CLIENT_SECRET: environment["CLIENT_SECRET"] ?? environment["CDP_ACTIVATION_CLIENT_SECRET"],
  };
}

/** Says what was captured again, and compares the answers. */
export async function replayIbexa(
  file: string,
  { to, tokenTo }: ReplayOptions,
  {
    output,
    environment,
  }: { readonly output: Output; readonly environment: Readonly<Record<string, string | undefined>> },
): Promise<void> {
  for (const [name, address] of Object.entries({ "--to": to, "--token-to": tokenTo })) {
    if (address === undefined || URL.canParse(address)) continue;
    throw new CommandFailed(EXIT.usage, `${name} must be an address.`, {
      lines: ["It begins with https://."],
    });
  }
  const captured = await read(file);
  const values = valuesOf(environment);
  const outgoing = createOutgoing({ now: Date.now });
  const secrets = captured.variables.flatMap(({ name }) => values[name] ?? []);
  try {
    const replayed = await replayCapture(captured, {
      to,
      tokenTo,
      values,
      send: async (message) => (await outgoing.send(message, { timeoutMs: TIMEOUT_MS, secrets })).exchange,
    });
    const different = replayed.filter(({ isSame }) => !isSame);
    const lines = replayed.map(
      ({ number, text, expected, got, isSame, why }) =>
        `${isSame ? "✓" : "✗"} ${number}: ${text} → ${got || "no answer"} (then: ${expected || "no answer"})${why === "" ? "" : `: ${why}`}`,
    );
    const told = { messages: replayed, different: different.length };
    if (different.length === 0) {
      output.result(told, [...lines, `${counted(replayed.length, "message")}, all answered as then.`]);
      return;
    }
    if (!output.json) output.result(told, lines);
    throw new CommandFailed(
      EXIT.failed,
      `${counted(different.length, "message")} of ${replayed.length} answered otherwise.`,
      {
        lines: ["A receiver that takes the captured messages otherwise wants another wire profile."],
        json: told,
      },
    );
  } catch (error) {
    if (!(error instanceof ReplayImpossible)) throw error;
    throw new CommandFailed(EXIT.config, error.message, {
      lines: [
        "Give them in the environment:",
        ...captured.variables.map(({ name, where }) => `  ${name}: ${where}`),
      ],
    });
  } finally {
    await outgoing.close();
  }
}
