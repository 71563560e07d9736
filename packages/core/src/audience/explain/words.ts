import { truthWord } from "../../schema/words.ts";
import { RULE_LABELS } from "../label.ts";
import type { Saw, ShownValue } from "./saw.ts";

type SawOf<Kind extends Saw["of"]> = Extract<Saw, { readonly of: Kind }>;

const WORDS: { readonly [Kind in Saw["of"]]: (saw: SawOf<Kind>, holds: boolean) => string } = {
  have: ({ value, cleared, time, source }) => {
    if (value === null && !cleared) return "there is no value";
    const origin = `${source === null ? "" : `, from ${source}`}${time === null ? "" : `, of ${iso(time)}`}`;
    return cleared ? `the value was cleared${origin}` : `it is ${shown(value)}${origin}`;
  },
  did: ({ count, after, upTo, measure, measured, occurredAt, events }) => {
    const window = after === null ? `up to ${iso(upTo)}` : `after ${iso(after)}, up to ${iso(upTo)}`;
    if (occurredAt !== null) return `that was at ${iso(occurredAt)} (asked: ${window})`;
    if (count === 0) return `no such event (${window})`;
    const newest = events[0] === undefined ? "" : `, the latest at ${iso(events[0].time)}`;
    const result =
      measure === "count" ? "" : `; ${RULE_LABELS.measure[measure]} ${measured ?? "of no value"}`;
    return `${count} such ${count === 1 ? "event" : "events"}${newest}${result} (${window})`;
  },
  inAudience: (_, holds) => (holds ? "the person is" : "the person is not"),
  everyone: () => "always",
};

/** What a condition looked at, behind "yes" or "no". */
export function sawWords(saw: Saw, holds: boolean): string {
  if (saw.of === "have") return WORDS.have(saw, holds);
  if (saw.of === "did") return WORDS.did(saw, holds);
  if (saw.of === "inAudience") return WORDS.inAudience(saw, holds);
  return WORDS.everyone(saw, holds);
}

function shown(value: ShownValue | null): string {
  return typeof value === "boolean" ? truthWord(value) : JSON.stringify(value);
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
