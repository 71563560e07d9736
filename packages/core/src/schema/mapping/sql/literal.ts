/**
 * A text as a literal of ClickHouse's SQL. The mapping becomes part of a materialized view, where values cannot
 * be bound, so this is the one place that lets what a user typed near SQL: everything but letters, digits and
 * plain punctuation is written as bytes.
 */
export function textLiteral(value: string): string {
  let literal = "'";
  for (const character of value) {
    if (/^[A-Za-z0-9 _.,:;/()@#%&*+=<>|!~[\]{}^$-]$/.test(character)) literal += character;
    else
      for (const byte of new TextEncoder().encode(character))
        literal += `\\x${byte.toString(16).padStart(2, "0")}`;
  }
  return `${literal}'`;
}

/** A decimal with 6 places; `digits` was read by the lexer: digits with at most one point. */
export function numberLiteral(digits: string): string {
  if (!/^\d+(\.\d+)?$/.test(digits)) throw new Error("a number literal is made of digits");
  return `toDecimal64('${digits}', 6)`;
}
