import type { Change } from "@peregrine/core";

/**
 * The changes of one message as they were read: three texts instead of some hundred objects. A stretch of
 * 100,000 changes that waits as objects survives the young generation, and collecting it cost as much as sending
 * it; unpacked just before its message, a batch dies young.
 */
export class PackedBatch {
  readonly #first: number;
  readonly #people: readonly string[];
  readonly #memberships: string;
  readonly #audiences: readonly string[];

  /**
   * @param people one text of all person ids, by line, or a list where one of them holds a line break
   * @param memberships a `1` or `0` for each
   * @param audiences one for all, or one for each
   */
  constructor(first: number, people: readonly string[], memberships: string, audiences: readonly string[]) {
    this.#first = first;
    this.#people = people;
    this.#memberships = memberships;
    this.#audiences = audiences;
  }

  unpack(): Change[] {
    const count = this.#memberships.length;
    const [all = ""] = this.#people;
    const personIds = this.#people.length === 1 && count > 1 ? all.split("\n") : this.#people;
    const [only = ""] = this.#audiences;
    const changes: Change[] = [];
    for (let at = 0; at < count; at += 1) {
      changes.push({
        id: this.#first + at,
        audienceId: this.#audiences[at] ?? only,
        personId: personIds[at] ?? "",
        membership: this.#memberships[at] === "1",
      });
    }
    return changes;
  }
}
