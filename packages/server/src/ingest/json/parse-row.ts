export type ParsedRow = { readonly row: object } | { readonly fault: string };

/** An escaped zero character; a backslash before it may itself be escaped. */
const ZERO = /(?<!\\)(?:\\\\)*\\u0000/;
/** Digits so many that a floating point number could lose some. */
const LONG_NUMBER = /[0-9.]{16,}|[0-9][eE][+-]?[0-9]/;
const TEXT_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/g;

/** Reads one row. Numbers keep all their digits: those that would lose some are texts in what is given back. */
export function parseRow(text: string): ParsedRow {
  let row: unknown;
  try {
    row = JSON.parse(text);
    if (LONG_NUMBER.test(text)) row = JSON.parse(text.replace(TEXT_OR_NUMBER, exact));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { fault: `is not JSON: ${error.message}` };
  }
  if (typeof row !== "object" || row === null || Array.isArray(row)) {
    return { fault: "is not an object; a row is written {…}" };
  }
  if (text.includes("\\u0000") && ZERO.test(text)) {
    return { fault: "holds the character U+0000, which no text has" };
  }
  return { row };
}

/** A number that a floating point number would change becomes a text of its digits. */
function exact(token: string): string {
  if (token.startsWith('"')) return token;
  const [mantissa = "", exponent] = token.split(/[eE]/);
  if (exponent !== undefined) return JSON.stringify(shifted(mantissa, Number(exponent)));
  return mantissa.replace(/[-.]/g, "").replace(/^0+/, "").length > 15 ? `"${token}"` : token;
}

/** Beyond this many places nothing is a number that can be counted with. */
const FARTHEST = 40;

/** A number with an exponent, written without it. */
function shifted(mantissa: string, exponent: number): string {
  const [whole = "", places = ""] = mantissa.replace("-", "").split(".");
  if (Math.abs(exponent) > FARTHEST) return `${mantissa}e${exponent}`;
  const digits = `${"0".repeat(FARTHEST)}${whole}${places}${"0".repeat(FARTHEST)}`;
  const point = FARTHEST + whole.length + exponent;
  const left = digits.slice(0, point).replace(/^0+(?=[0-9])/, "");
  const right = digits.slice(point).replace(/0+$/, "");
  return `${mantissa.startsWith("-") ? "-" : ""}${left}${right === "" ? "" : `.${right}`}`;
}
