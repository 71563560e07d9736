import { open, readFile, rename } from "node:fs/promises";
import { Checker, isObject } from "./checker.ts";
import { ConfigError } from "./config.ts";
import type { Instance } from "./instance.ts";
import { readMessage } from "./message.ts";
import type { ChangeQueue } from "./queue.ts";
import { newSegment } from "./segment.ts";

const VERSION = 1;
/** Changes are written together, so that a full load does not write the file for each batch. */
const REST_MS = 1000;

/** Keeps segments, people and queue in one JSON file, replaced as a whole so that it is never half written. */
export class StateFile {
  readonly #path: string;
  readonly #instance: Instance;
  readonly #queue: ChangeQueue;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string, instance: Instance, queue: ChangeQueue) {
    this.#path = path;
    this.#instance = instance;
    this.#queue = queue;
  }

  /** Fills the instance from the file; without a file it stays empty. Throws ConfigError when it does not fit. */
  async load(): Promise<void> {
    let text: string;
    try {
      text = await readFile(this.#path, "utf8");
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return;
      throw error;
    }
    const faults = restore(text, this.#instance, this.#queue).faults;
    if (faults.length > 0) {
      throw new ConfigError(faults.map((fault) => ({ ...fault, path: `${this.#path}: ${fault.path}` })));
    }
  }

  /** Something changed: the file is written within a second. */
  changed(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      // A full disk must not take the sandbox down; the next change, or the end, tries again and says so.
      this.save().catch(() => undefined);
    }, REST_MS);
  }

  /** Writes now. Rejects when the file cannot be written. */
  save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const write = () => replaceFile(this.#path, snapshot(this.#instance, this.#queue));
    this.#writing = this.#writing.then(write, write);
    return this.#writing;
  }
}

function snapshot(instance: Instance, queue: ChangeQueue): string {
  const segments = [...instance.segments.values()].map((segment) => ({
    ...segment,
    properties: Object.fromEntries(segment.properties),
    people: [...segment.people],
  }));
  return JSON.stringify({ version: VERSION, segments, queue: queue.waiting() });
}

async function replaceFile(path: string, text: string): Promise<void> {
  const fresh = `${path}.new`;
  const file = await open(fresh, "w");
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(fresh, path);
}

function restore(text: string, instance: Instance, queue: ChangeQueue): Checker {
  const check = new Checker();
  let saved: unknown;
  try {
    saved = JSON.parse(text);
  } catch {
    check.fault("", "is not JSON; it was not written by the sandbox");
    return check;
  }
  if (!isObject(saved) || saved["version"] !== VERSION) {
    check.fault("version", `must be ${VERSION}; the file is of another version of the sandbox`);
    return check;
  }
  check.list(saved["segments"], "segments").forEach((value, index) => {
    restoreSegment(check, value, `segments[${index}]`, instance);
  });
  check.list(saved["queue"], "queue").forEach((value, index) => {
    const path = `queue[${index}]`;
    const batch = check.object(value, path, ["request", "group", "changes"]) ?? {};
    const request = check.whole(batch["request"], `${path}.request`, 0);
    const reading = readMessage({
      updateType: "membershipChanges",
      segmentGroupIdentifier: batch["group"],
      data: { changes: batch["changes"] },
    });
    if (!reading.ok || reading.message.updateType !== "membershipChanges") {
      check.fault(path, "is not a queued batch");
      return;
    }
    const { segmentGroupIdentifier: group, data } = reading.message;
    queue.push({ request, group, changes: data.changes });
  });
  return check;
}

function restoreSegment(check: Checker, value: unknown, path: string, instance: Instance): void {
  const fields = check.object(value, path, [
    "identifier",
    "group",
    "name",
    "properties",
    "people",
    "createdAt",
    "updatedAt",
  ]);
  if (fields === undefined) return;
  const group = check.text(fields["group"], `${path}.group`);
  if (!instance.groups.has(group)) {
    check.fault(`${path}.group`, `names the segment group "${group}", which the configuration does not have`);
  }
  const identifier = check.text(fields["identifier"], `${path}.identifier`);
  const createdAt = check.whole(fields["createdAt"], `${path}.createdAt`, 0);
  const segment = newSegment(
    group,
    identifier,
    check.text(fields["name"], `${path}.name`, 0, 65_535),
    createdAt,
  );
  segment.updatedAt = check.whole(fields["updatedAt"], `${path}.updatedAt`, 0);
  const properties = isObject(fields["properties"]) ? fields["properties"] : {};
  for (const [name, text] of Object.entries(properties)) {
    segment.properties.set(name, check.text(text, `${path}.properties.${name}`, 0, 65_535));
  }
  for (const person of check.list(fields["people"], `${path}.people`)) {
    segment.people.add(check.text(person, `${path}.people`));
  }
  instance.segments.set(identifier, segment);
}
