import { ACTIONS, type IbexaAction } from "../wire-profile.ts";

const words = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).split(" ");
const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

/** Ways in which the names of the five messages are often written. */
const STYLES: readonly ((name: IbexaAction) => string)[] = [
  (name) => name,
  (name) => capital(name),
  (name) => words(name).join("_"),
  (name) => words(name).join("_").toUpperCase(),
  (name) => words(name).join("-"),
  (name) => words(name).join(" "),
  (name) => words(name).map(capital).join(" "),
  (name) => name.toLowerCase(),
];

/** The names that were seen; for messages that weren't, those that fit the style of the others, else the defaults. */
export function guessUpdateTypes(seen: Partial<Record<IbexaAction, string>>): {
  readonly types: Record<IbexaAction, string>;
  readonly notes: readonly string[];
} {
  const style = STYLES.find((write) =>
    ACTIONS.every((action) => seen[action] === undefined || seen[action] === write(action)),
  );
  const types = Object.fromEntries(
    ACTIONS.map((action) => [action, seen[action] ?? style?.(action) ?? action]),
  ) as Record<IbexaAction, string>;
  const missing = ACTIONS.filter((action) => seen[action] === undefined);
  if (missing.length === 0) return { types, notes: [] };
  const named = missing.map((action) => `${action} ("${types[action]}")`).join(", ");
  const how = style === undefined ? "left as by default" : "concluded from the others";
  return { types, notes: [`Not seen, so that update type and path are ${how}: ${named}.`] };
}
