/** Large pieces: each is scanned in one go and costs one round through the event loop. */
export const PIECE = 1024 * 1024;

/** What was read and is not used yet, in one buffer: a new one for each piece would keep the collector busy. */
export class Input {
  /** Nothing follows. */
  ended = false;
  readonly #pieces: AsyncIterator<Buffer>;
  readonly #signal: AbortSignal | undefined;
  #buffer: Buffer = Buffer.alloc(0);
  #from = 0;
  #to = 0;

  constructor(source: AsyncIterable<Buffer>, signal: AbortSignal | undefined) {
    this.#pieces = source[Symbol.asyncIterator]();
    this.#signal = signal;
  }

  get bytes(): Buffer {
    return this.#buffer.subarray(this.#from, this.#to);
  }

  drop(bytes: number): void {
    this.#from += bytes;
  }

  /** Makes sure that so many bytes are there, or all that there are. */
  async atLeast(bytes: number): Promise<void> {
    while (!this.ended && this.bytes.length < bytes) await this.more();
  }

  async more(): Promise<void> {
    this.#signal?.throwIfAborted();
    const { done, value: piece } = await this.#pieces.next();
    if (done === true) {
      this.ended = true;
      return;
    }
    const kept = this.#to - this.#from;
    const room = kept + piece.length;
    const target = room <= this.#buffer.length ? this.#buffer : Buffer.allocUnsafe(2 * room);
    this.#buffer.copy(target, 0, this.#from, this.#to);
    piece.copy(target, kept);
    this.#buffer = target;
    this.#from = 0;
    this.#to = room;
  }
}
