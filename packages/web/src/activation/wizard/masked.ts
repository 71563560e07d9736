const SHORT = 4;
const MASK = "••••••••";
/** A line of a `.env` file that holds a secret, however its value is quoted there. */
const SECRET_LINE = /^(\w*SECRET\w*=).*$/gm;

/** A text to copy without the secret that stands in it; as it is where none does. */
export function masked(text: string, secret: string): string {
  if (secret.trim() === "") return text;
  const lines = text.replace(SECRET_LINE, `$1${MASK}`);
  // A few letters stand in ordinary words too.
  return secret.trim().length < SHORT ? lines : lines.replaceAll(secret.trim(), MASK);
}
