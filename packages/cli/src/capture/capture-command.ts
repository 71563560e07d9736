import { writeFile } from "node:fs/promises";
import {
  type Capture,
  type CapturedMessage,
  type Derived,
  deriveWireProfile,
  type KnownCredentials,
  type RunningCapture,
  readSeen,
  startCapture,
} from "@peregrine/server";
import { dataOf } from "../client.ts";
import { CommandFailed, EXIT } from "../exit.ts";
import { count, counted, type Output } from "../output.ts";
import { toldToStop } from "../serve.ts";
import type { OpenSession, Session } from "../session.ts";

export interface CaptureOptions {
  readonly to: string;
  readonly tokenTo?: string | undefined;
  /** `host:port`. */
  readonly listen: string;
  readonly out?: string | undefined;
  readonly saveFor?: string | undefined;
  readonly group?: string | undefined;
  readonly keepsPeople: boolean;
  /** Ends after so many messages. */
  readonly messages?: number | undefined;
}

interface Surroundings {
  readonly output: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Opened only where an activation is looked up. */
  readonly session: OpenSession;
}

function addressOf(name: string, text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new CommandFailed(EXIT.usage, `${name} must be an address that begins with https:// or http://.`, {
    lines: ["For instance: --to https://shop.example/cdp/webhook"],
  });
}

function listenAt(text: string): { host: string; port: number } {
  const [, host = "", port = ""] = /^(.*):(\d{1,5})$/.exec(text) ?? [];
  if (host === "") {
    throw new CommandFailed(EXIT.usage, "--listen must be host:port.", {
      lines: ["For instance: --listen 0.0.0.0:8091; port 0 takes any."],
    });
  }
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}

/** Stands between another CDP and Ibexa for one run, and tells how its messages are spelt. */
export async function captureIbexa(options: CaptureOptions, surroundings: Surroundings): Promise<void> {
  const { output, environment } = surroundings;
  const to = addressOf("--to", options.to);
  const tokenTo = options.tokenTo === undefined ? undefined : addressOf("--token-to", options.tokenTo);
  const session = options.saveFor === undefined ? undefined : await surroundings.session();
  const saved = session === undefined ? undefined : await activationOf(session, options.saveFor ?? "");
  const known: KnownCredentials = {
    clientId: environment["CDP_ACTIVATION_CLIENT_ID"] ?? textIn(saved?.settings["clientId"]),
    clientSecret: environment["CDP_ACTIVATION_CLIENT_SECRET"],
    segmentGroupIdentifier: options.group ?? textIn(saved?.settings["segmentGroupIdentifier"]),
  };
  const { running, enough } = await start(options, { to, tokenTo, known }, output);
  output.note(`Base URL for the other CDP's activation: ${running.url}`);
  if (running.tokenUrl !== undefined)
    output.note(`Its address for tokens:                  ${running.tokenUrl}`);
  output.note(`Everything is passed on to ${to} and answered by it. End with Ctrl+C.`);
  await Promise.race([toldToStop(), enough]);
  await running.close();

  const captured = running.captured();
  const derived = deriveWireProfile(captured);
  if (options.out !== undefined) await write(options.out, captured);
  const told = { capture: summary(captured), derived, file: options.out ?? null };
  if (derived.profile === undefined) {
    throw new CommandFailed(EXIT.failed, "No wire profile could be derived from what was captured.", {
      lines: [...derived.faults, ...derived.notes, ...fileLine(options.out)],
      json: told,
    });
  }
  const saving = session === undefined || saved === undefined ? [] : await save(session, saved, derived);
  output.result(told, [...report(captured, derived), ...fileLine(options.out), ...saving]);
}

async function start(
  options: CaptureOptions,
  target: { readonly to: string; readonly tokenTo: string | undefined; readonly known: KnownCredentials },
  output: Output,
): Promise<{ running: RunningCapture; enough: Promise<void> }> {
  let seen = 0;
  let onEnough: () => void = () => {};
  const enough = new Promise<void>((resolve) => {
    onEnough = resolve;
  });
  const onMessage = (message: CapturedMessage) => {
    seen += 1;
    output.note(messageLine(seen, message));
    // Its answer is on its way back while this is told.
    if (seen === options.messages) setImmediate(onEnough);
  };
  try {
    const running = await startCapture({
      ...target,
      ...listenAt(options.listen),
      keepsPeople: options.keepsPeople,
      clock: { now: Date.now },
      onMessage,
    });
    return { running, enough };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (!/^E[A-Z]+$/.test(code)) throw error;
    throw new CommandFailed(EXIT.unavailable, `Nothing can listen at ${options.listen} (${code}).`, {
      lines: ["Choose another --listen; port 0 takes any that is free."],
    });
  }
}

function messageLine(number: number, message: CapturedMessage): string {
  const seen = readSeen(message);
  const what = typeof seen === "string" ? `not understood: ${seen}` : seen.action;
  const changes = message.changes === 0 ? "" : `, ${counted(message.changes, "change")}`;
  const answer = message.answer.status === 0 ? "no answer" : message.answer.status;
  return `${count(number)}: ${message.method} ${message.path} ${what}${changes} → ${answer}`;
}

function summary({ messages, tokens, left, atOnce }: Capture) {
  return { messages: messages.length + left, tokens: tokens.length, atOnce };
}

function report(captured: Capture, { differences, notes, segmentGroupIdentifier }: Derived): string[] {
  const { messages } = summary(captured);
  const show = (value: unknown) => (value === undefined ? "nothing" : JSON.stringify(value));
  return [
    `${counted(messages, "message")} captured, for the segment group ${segmentGroupIdentifier ?? "?"}.`,
    differences.length === 0
      ? "The wire profile is the default one."
      : "The wire profile differs from the default:",
    ...differences.map(
      ({ setting, value, default: preset }) => `  ${setting}: ${show(value)} (default: ${show(preset)})`,
    ),
    ...notes,
  ];
}

function fileLine(file: string | undefined): string[] {
  return file === undefined
    ? []
    : [`Kept in ${file}, without secrets. Say it again with: peregrine ibexa replay ${file} --to URL`];
}

async function write(file: string, captured: Capture): Promise<void> {
  try {
    await writeFile(file, `${JSON.stringify(captured, null, 2)}\n`, { mode: 0o600 });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    throw new CommandFailed(EXIT.noInput, `${file} can't be written (${code}).`, {
      lines: ["Check the path after --out."],
    });
  }
}

function textIn(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

async function activationOf({ api }: Session, id: string) {
  return dataOf(await api.GET("/api/v1/activations/{id}", { params: { path: { id } } }));
}

type ShownActivation = Awaited<ReturnType<typeof activationOf>>;

/** Sets the derived profile for an activation; what a capture can't show stays as it was. */
async function save({ api }: Session, saved: ShownActivation, derived: Derived): Promise<string[]> {
  const { id, name, description, type, personIdentifier, audiences, state, settings } = saved;
  const { profile } = derived;
  if (profile === undefined) return [];
  const before = settings["advanced"];
  const kept = typeof before === "object" && before !== null ? before : {};
  const { version, method, contentType, credentials, keySpelling, updateTypes, segmentGroup } = profile;
  const { personIdType, paths, batchSize } = profile;
  const advanced: Record<string, unknown> = {
    ...kept,
    ...{ version, method, contentType, credentials, keySpelling, updateTypes, segmentGroup, paths },
    ...(derived.differences.some(({ setting }) => setting === "batchSize") ? { batchSize } : {}),
    ...(personIdType === undefined ? {} : { personIdType }),
  };
  if (personIdType === undefined) delete advanced["personIdType"];
  await api.PUT("/api/v1/activations/{id}", {
    params: { path: { id } },
    body: {
      name,
      type,
      personIdentifier,
      audiences,
      state,
      settings: { ...settings, advanced },
      ...(description === undefined ? {} : { description }),
    },
  });
  const group = derived.segmentGroupIdentifier;
  const other = textIn(settings["segmentGroupIdentifier"]);
  return [
    `Saved for the activation ${id}. Try it: peregrine activation test ${id}`,
    ...(group === undefined || group === other
      ? []
      : [`Its segment group is ${other ?? "not set"}, and the captured messages are for ${group}.`]),
  ];
}
