interface Piece {
  readonly key: string;
  readonly work: () => Promise<void>;
  readonly ended: Promise<void>;
  readonly end: () => void;
}

/** Work that is done one piece after another; a piece that waits already is not added again. */
export class WorkQueue {
  #waiting: Piece[] = [];
  #current: Piece | undefined;

  /**
   * @param work must not fail
   * @param first before everything that waits
   * @returns ends with the piece
   */
  add(key: string, work: () => Promise<void>, first = false): Promise<void> {
    if (this.#current?.key === key) return this.#current.ended;
    const known = this.#waiting.find((piece) => piece.key === key);
    if (known !== undefined && !first) return known.ended;
    const piece = known ?? newPiece(key, work);
    const others = this.#waiting.filter((other) => other !== piece);
    this.#waiting = first ? [piece, ...others] : [...others, piece];
    if (this.#current === undefined) void this.#work();
    return piece.ended;
  }

  /** Ends when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#current !== undefined) await this.#current.ended;
  }

  async #work(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      this.#current = next;
      await next.work();
      this.#current = this.#waiting[0];
      next.end();
    }
  }
}

function newPiece(key: string, work: () => Promise<void>): Piece {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { key, work, ended, end };
}
