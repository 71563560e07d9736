import { type ActivationType, type ConnectionTest, PeregrineError } from "@peregrine/core";
import { type LoadedActivation, typeOf } from "./activation-source.ts";
import { type Testable, testConnection, withStoredSecrets } from "./connection-test.ts";
import { underLease } from "./run.ts";
import type { RunDependencies } from "./run-dependencies.ts";
import { TestPerson, type TestPersonOrder, type TestPersonResult } from "./test-person.ts";

interface TestsOptions extends RunDependencies {
  readonly types: readonly ActivationType[];
  /** @throws PeregrineError `notFound` */
  readonly load: (id: string) => Promise<LoadedActivation>;
  /** Hears when a person was tried: a run that was due meanwhile found the activation in use. */
  readonly onTried: (id: string) => void;
}

/** Settings that aren't saved yet; without them, the saved ones. */
interface Given {
  readonly type?: string | undefined;
  readonly settings?: Record<string, unknown> | undefined;
}

/** Tries activations out: their connection, and one person. */
export class ActivationTests {
  readonly #options: TestsOptions;
  readonly #closing = new AbortController();

  constructor(options: TestsOptions) {
    this.#options = options;
  }

  /**
   * Sends a heartbeat: with the saved settings, or with some that aren't saved yet.
   * @throws PeregrineError `notFound` when there is neither; `activationInvalid`, `activationTypeUnknown`
   */
  async connection(
    id: string,
    given: Given,
  ): Promise<ConnectionTest & { readonly verifiedAt: number | undefined }> {
    return testConnection(this.#options, await this.#testable(id, given), this.#closing.signal);
  }

  /**
   * Brings one person into the activation's test segment, or takes them out of it. Also while the activation is paused.
   * @throws PeregrineError `notFound`, `activationRunning`, `messageUnsettled`
   */
  async person(id: string, order: TestPersonOrder): Promise<TestPersonResult> {
    const activation = await this.#options.load(id);
    const result = await underLease(this.#options, activation, (lease) =>
      TestPerson.carryOut(this.#options, activation, lease, order, this.#closing.signal),
    );
    this.#options.onTried(id);
    return result;
  }

  close(): void {
    this.#closing.abort();
  }

  async #testable(id: string, { type, settings }: Given): Promise<Testable> {
    if (settings === undefined) return { ...(await this.#options.load(id)), isSaved: true };
    const saved = await this.#options.load(id).catch(unlessUsable);
    const wanted = type ?? saved?.type.id;
    if (wanted === undefined) {
      const faults = [{ path: "/type", message: "is needed where nothing is saved yet" }];
      throw new PeregrineError("activationInvalid", { faults });
    }
    return withStoredSecrets({ id, type: typeOf(this.#options.types, wanted), settings }, saved);
  }
}

/** What isn't there, or can't be read by this version, lends nothing to what was typed. */
function unlessUsable(error: unknown): undefined {
  const isExpected =
    error instanceof PeregrineError &&
    ["notFound", "activationInvalid", "activationTypeUnknown"].includes(error.code);
  if (!isExpected) throw error;
}
