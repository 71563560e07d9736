const CHUNK_BYTES = 1 << 20;
/** A number, or a text's length, never needs more. */
const NUMBER_BYTES = 10;

/**
 * Rows in ClickHouse's format RowBinary: the values of a row one behind the other, in the order of the
 * columns. For 400,000 rows with a text and five numbers it took 0.3 to 0.5 s where JSON took 0.9 to 1.2 s.
 */
export class RowBinary {
  private readonly chunks: Buffer[] = [];
  private buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  private at = 0;

  uint32(value: number): this {
    this.reserve(NUMBER_BYTES);
    this.at = this.buffer.writeUInt32LE(value, this.at);
    return this;
  }

  /** A whole number below 2^53 as UInt64. */
  uint64(value: number): this {
    return this.uint32(value % 0x1_0000_0000).uint32(Math.floor(value / 0x1_0000_0000));
  }

  text(value: string): this {
    const length = value.length;
    if (!this.ascii(value)) {
      const bytes = Buffer.from(value);
      this.reserve(NUMBER_BYTES + bytes.length);
      this.varint(bytes.length);
      this.at += bytes.copy(this.buffer, this.at);
      return this;
    }
    this.reserve(NUMBER_BYTES + length);
    this.varint(length);
    for (let i = 0; i < length; i += 1) this.buffer[this.at + i] = value.charCodeAt(i);
    this.at += length;
    return this;
  }

  /** The bytes so far; can be read again and again. Nothing may be added afterwards. */
  bytes(): readonly Uint8Array[] {
    return this.at === 0 ? this.chunks : [...this.chunks, this.buffer.subarray(0, this.at)];
  }

  private ascii(value: string): boolean {
    for (let i = 0; i < value.length; i += 1) if (value.charCodeAt(i) > 0x7f) return false;
    return true;
  }

  private varint(value: number): void {
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) this.buffer[this.at++] = (rest % 0x80) | 0x80;
    this.buffer[this.at++] = rest;
  }

  private reserve(bytes: number): void {
    if (this.at + bytes <= this.buffer.length) return;
    if (this.at > 0) this.chunks.push(this.buffer.subarray(0, this.at));
    this.buffer = Buffer.allocUnsafe(Math.max(CHUNK_BYTES, bytes));
    this.at = 0;
  }
}
