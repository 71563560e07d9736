import { PeregrineError } from "@peregrine/core";
import { expect, it } from "vitest";
import { ActivationScheduler, type SchedulerOptions } from "./scheduler.ts";

/** Activations whose runs end when a test says so. */
class ScriptedActivations {
  readonly begun: string[] = [];
  readonly #ends = new Map<string, (error?: Error) => void>();
  sweeps = 0;
  #heard: () => void = () => {};

  readonly #ids: readonly string[];

  constructor(ids: readonly string[]) {
    this.#ids = ids;
  }

  async due(): Promise<string[]> {
    return [...this.#ids];
  }

  async sweep(): Promise<void> {
    this.sweeps += 1;
  }

  run: SchedulerOptions["service"]["run"] = (id, trigger) => {
    this.begun.push(`${id} by ${trigger}`);
    this.#heard();
    return new Promise((_resolve, reject) => {
      // How it ends is all that the scheduler looks at.
      this.#ends.set(id, (error = new PeregrineError("activationRunning")) => reject(error));
    });
  };

  end(id: string, error?: Error): void {
    this.#ends.get(id)?.(error);
  }

  async until(count: number): Promise<void> {
    while (this.begun.length < count) {
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }
}

function scheduler(service: ScriptedActivations, more: Partial<SchedulerOptions> = {}) {
  const warnings: string[] = [];
  const made = new ActivationScheduler({
    service,
    check: async () => {},
    clock: { now: () => 1_000 },
    random: () => 0,
    log: { warn: (_fields, message) => warnings.push(message) },
    every: () => () => {},
    ...more,
  });
  return { made, warnings };
}

it("runs two at once and gives each its turn, once however often it was woken", async () => {
  const service = new ScriptedActivations(["a", "b", "c"]);
  const { made } = scheduler(service);
  made.wake("import");
  made.wake("schedule");
  made.wake("schedule");
  await service.until(2);
  // All three have filled the queue by now: they take microtasks only.
  await new Promise((resolve) => setImmediate(resolve));
  expect(service.begun).toEqual(["a by import", "b by import"]);
  service.end("a");
  await service.until(3);
  expect(service.begun[2]).toBe("c by import");
  // Woken while they ran, a and b have another turn; c was still waiting for its own.
  service.end("b");
  await service.until(4);
  service.end("c");
  await service.until(5);
  service.end("a");
  service.end("b");
  await made.idle();
  expect(service.begun.slice(3)).toEqual(["a by schedule", "b by schedule"]);
  await made.close();
});

it("says nothing when another worker is at it, and tells of everything else", async () => {
  const service = new ScriptedActivations(["a"]);
  const { made, warnings } = scheduler(service);
  made.wake("schedule");
  await service.until(1);
  service.end("a");
  await made.idle();
  expect(warnings).toEqual([]);
  made.wake("schedule");
  await service.until(2);
  service.end("a", new Error("a defect"));
  await made.idle();
  expect(warnings.length).toBe(1);
  await made.close();
});

it("begins nothing more once it is closed, and sweeps once a day", async () => {
  const service = new ScriptedActivations(["a", "b", "c"]);
  let now = 0;
  const { made } = scheduler(service, { clock: { now: () => now } });
  made.wake("schedule");
  await service.until(2);
  now = 3_600_000;
  made.wake("schedule");
  const closed = made.close();
  service.end("a");
  service.end("b");
  await closed;
  expect(service.begun.length).toBe(2);
  expect(service.sweeps).toBe(1);
});

it("runs at its start and within every minute", async () => {
  const service = new ScriptedActivations(["a"]);
  let minute: () => void = () => {};
  const { made } = scheduler(service, {
    every: (ms, tick) => {
      expect(ms).toBe(45_000);
      minute = tick;
      return () => {};
    },
  });
  made.start();
  await service.until(1);
  service.end("a");
  await made.idle();
  minute();
  await service.until(2);
  service.end("a");
  await made.close();
});

it("checks the audiences before it asks which activations are due, and goes on when that fails", async () => {
  const service = new ScriptedActivations(["a"]);
  let checks = 0;
  const { made, warnings } = scheduler(service, {
    check: async () => {
      expect(service.begun).toEqual([]);
      checks += 1;
      throw new Error("no engine");
    },
  });
  made.wake("schedule");
  await service.until(1);
  expect([checks, warnings.length]).toEqual([1, 1]);
  service.end("a");
  await made.close();
});
