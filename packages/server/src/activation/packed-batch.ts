import type { Change } from "@peregrine/core";

/**
 * The changes of one message as they were read: three texts instead of some hundred objects. A stretch of
 * 100,000 changes that waits as objects survives the young generation, and collecting it cost as much as sending
 * it; unpacked just before its message, a batch dies young.
 */
export class PackedBatch {
  readonly #first: number;
  readonly #count: number;
  readonly #people: readonly string[];
  readonly #memberships: readonly number[];
  readonly #audiences: readonly string[];

  /**
   * @param first number of the first change; those of the others follow
   * @param people one text of all person ids, by line, or a list where one of them holds a line break
   * @param memberships 1 or 0, one for all, or one for each
   * @param audiences one for all, or one for each
   */
  constructor(
    first: number,
    count: number,
    people: readonly string[],
    memberships: readonly number[],
    audiences: readonly string[],
  ) {
    this.#first = first;
    this.#count = count;
    this.#people = people;
    this.#memberships = memberships;
    this.#audiences = audiences;
  }

  unpack(): Change[] {
    const count = this.#count;
    const [all = ""] = this.#people;
    const personIds = this.#people.length === 1 && count > 1 ? all.split("\n") : this.#people;
    const [membership] = this.#memberships;
    const [only = ""] = this.#audiences;
    const changes: Change[] = [];
    for (let at = 0; at < count; at += 1) {
      changes.push({
        id: this.#first + at,
        audienceId: this.#audiences[at] ?? only,
        personId: personIds[at] ?? "",
        membership: (this.#memberships[at] ?? membership) === 1,
      });
    }
    return changes;
  }
}
