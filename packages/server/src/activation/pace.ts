/** Spaces messages evenly, whoever sends them: a burst after a pause would be what the limit is to prevent. */
export class Pace {
  #next = 0;

  /**
   * Takes the next turn.
   * @returns when it is (ms UTC), `now` at the earliest; a turn that isn't used is lost
   */
  claim(now: number, perSecond: number | undefined): number {
    if (perSecond === undefined) return now;
    const turn = Math.max(now, this.#next);
    this.#next = turn + 1000 / perSecond;
    return turn;
  }
}
