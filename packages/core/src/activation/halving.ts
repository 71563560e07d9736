/**
 * How a refused batch is cut: in two, the parts are sent again, and so on until the refused stand alone.
 * A batch of n with one bad change costs about 2·log2(n) more messages. A lone change is not cut.
 */
export function halves<T>(batch: readonly T[]): readonly (readonly T[])[] {
  if (batch.length < 2) return [];
  const middle = Math.ceil(batch.length / 2);
  return [batch.slice(0, middle), batch.slice(middle)];
}
