/** What a scenario did and when: told as it happens when asked for, and always when the scenario fails. */
export class Story {
  readonly #scenario: string;
  readonly #began = performance.now();
  readonly #lines: string[] = [];
  readonly #isTold = process.env["PEREGRINE_CHAOS_STORY"] !== undefined;

  constructor(scenario: string) {
    this.#scenario = scenario;
  }

  note(what: string): void {
    const seconds = ((performance.now() - this.#began) / 1_000).toFixed(2);
    const line = `${this.#scenario} ${seconds} s: ${what}`;
    this.#lines.push(line);
    if (this.#isTold) process.stderr.write(`${line}\n`);
  }

  tell(): void {
    if (!this.#isTold) process.stderr.write(`${this.#lines.join("\n")}\n`);
  }
}
