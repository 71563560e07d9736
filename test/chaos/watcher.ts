import type { Random } from "../../packages/cli/src/demo/random.ts";
import { Away, type Installation, pause } from "./installation.ts";
import { DATA_QUESTIONS, SIZES } from "./questions.ts";
import type { Twin } from "./twin.ts";

/** Looking costs the engine something: the work that is looked at shall go on beside it. */
const REST_MS = 60;

/**
 * Looks at an installation all the time, through the API, and compares every answer with what the undisturbed twin
 * showed between whole imports and whole evaluations: anything else is half of something.
 */
export class Watcher {
  readonly faults: string[] = [];
  /** Answers that were compared. */
  looks = 0;
  readonly #installation: Installation;
  readonly #twin: Twin;
  readonly #random: Random;
  /** So many files came so far: more can't be seen. */
  #came = 0;
  /** So many files, and so many states of the sizes, were seen already: less must not be seen any more. */
  #seen = 0;
  #sizesSeen = 0;
  #ended = false;
  #watching: Promise<void> = Promise.resolve();

  constructor(installation: Installation, twin: Twin, random: Random) {
    this.#installation = installation;
    this.#twin = twin;
    this.#random = random;
  }

  start(): void {
    this.#watching = this.#watch();
  }

  async stop(): Promise<void> {
    this.#ended = true;
    await this.#watching;
  }

  /** From now on so many files may be seen. */
  came(files: number): void {
    this.#came = files;
  }

  async #watch(): Promise<void> {
    const questions = [...DATA_QUESTIONS, SIZES];
    while (!this.#ended) {
      const question = questions[Math.floor(this.#random() * questions.length)] ?? SIZES;
      try {
        const { status, body } = await question.ask(this.#installation.call.bind(this.#installation));
        if (status === 200) this.#compare(question.name, body);
        else if (status !== 503) this.faults.push(`${question.name} was answered ${status}: ${body}`);
      } catch (error) {
        if (!(error instanceof Away)) this.faults.push(`${question.name}: ${String(error)}`);
      }
      await pause(REST_MS);
    }
  }

  #compare(name: string, shown: string): void {
    this.looks += 1;
    const sizes = name === SIZES.name;
    const known = sizes ? this.#twin.sizes : (this.#twin.answers.get(name) ?? []);
    const least = sizes ? this.#sizesSeen : this.#seen;
    const most = sizes ? 2 * this.#came : this.#came;
    const at = known.findIndex((answer, index) => index >= least && answer === shown);
    if (at === -1 || at > most) {
      this.faults.push(
        `${name}: ${shown} is not what whole files ${least} to ${most} show (it is that of ${known.indexOf(shown)})`,
      );
    } else if (sizes) {
      this.#sizesSeen = at;
    } else {
      this.#seen = at;
    }
  }
}
