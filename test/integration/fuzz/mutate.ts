// What fuzzing changes in something valid: values, texts and bytes, by a seed, so that a finding can be repeated.

/** A whole number from 0 up to, not including, `below`. */
export type Random = (below: number) => number;

/** The same numbers for the same seed (mulberry32). */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

export function pick<Item>(items: readonly Item[], random: Random): Item {
  if (items.length === 0) throw new RangeError("nothing to pick from");
  // In range.
  return items[random(items.length)] as Item;
}

/** Texts that mean something to somebody: to engines, parsers, file systems, protocols, or to people. */
const NASTY_TEXTS: readonly string[] = [
  "",
  " ",
  "\0",
  "\ud800",
  "\u202egnirts",
  "'; DROP TABLE event; --",
  '" OR 1=1 --',
  "{rule_1:String}",
  "{{7*7}}",
  "$HOME",
  "%s%n%d",
  "../../../../etc/passwd",
  "/etc/passwd",
  "file:///etc/passwd",
  "<script>alert(1)</script>",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "null",
  "undefined",
  "NaN",
  "-0",
  "1e999",
  "0x10",
  "9007199254740993",
  "99999999999999999999999999999999999999999.999999999",
  "2026-02-30",
  "2026-13-45T99:99:99Z",
  "+275760-09-13T00:00:00.001Z",
  "0000-00-00",
  "\r\nX-Injected: yes",
  "\\",
  "`",
  "😀".repeat(40),
  "é".repeat(300),
  "a".repeat(5_000),
  "(".repeat(3_000),
  "not ".repeat(500),
];

const NASTY_NUMBERS: readonly number[] = [
  0,
  -0,
  1,
  -1,
  0.1,
  1e-7,
  1e21,
  1e308,
  -1e308,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  2 ** 53 + 2,
  2 ** 64,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_VALUE,
];

/** Something of any type: seldom what is expected in its place. */
export function anything(random: Random): unknown {
  switch (random(9)) {
    case 0:
      return null;
    case 1:
      return random(2) === 1;
    case 2:
    case 3:
      return pick(NASTY_NUMBERS, random);
    case 4:
    case 5:
    case 6:
      return pick(NASTY_TEXTS, random);
    case 7:
      return Array.from({ length: random(4) }, () => anything(random));
    default:
      // By way of JSON, as a request brings it: `__proto__` is a key like others there.
      return JSON.parse(
        `{${JSON.stringify(pick(NASTY_TEXTS, random))}:${JSON.stringify(pick(NASTY_TEXTS, random))}}`,
      );
  }
}

/** All places in a value, each as the keys that lead to it; the value itself is the empty path. */
function placesIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, below]) => placesIn(below, [...path, key]))];
}

function changedAt(value: unknown, path: readonly string[], change: (old: unknown) => unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return change(value);
  if (Array.isArray(value)) {
    return value.map((item, at) => (String(at) === key ? changedAt(item, rest, change) : item));
  }
  const entries = Object.entries(value as object);
  return Object.fromEntries(
    entries.map(([name, below]) => [name, name === key ? changedAt(below, rest, change) : below]),
  );
}

/** One change at one place: another value, a text bent, a key more or less or renamed, an item doubled, deep nesting. */
function changedOnce(value: unknown, random: Random): unknown {
  const path = pick(placesIn(value), random);
  return changedAt(value, path, (old) => {
    if (typeof old === "string" && random(2) === 0) return mutateText(old, random);
    if (typeof old === "number" && random(2) === 0) return old * pick([-1, 0.5, 1e9, 1e-9], random);
    if (Array.isArray(old)) {
      const at = random(old.length + 1);
      return pick(
        [
          [...old.slice(0, at), anything(random), ...old.slice(at)],
          [...old.slice(0, at), ...old.slice(at + 1)],
          [...old, ...old],
          old[0] ?? null,
        ],
        random,
      );
    }
    if (typeof old === "object" && old !== null) {
      const entries = Object.entries(old);
      const at = random(entries.length + 1);
      const [name, below] = entries[at] ?? ["more", anything(random)];
      return Object.fromEntries(
        pick(
          [
            [...entries, [pick(NASTY_TEXTS, random), anything(random)]],
            [...entries.slice(0, at), ...entries.slice(at + 1)],
            [...entries.slice(0, at), [mutateText(name, random), below], ...entries.slice(at + 1)],
            [[name, old]],
          ],
          random,
        ),
      );
    }
    return random(20) === 0 ? nested(old, random) : anything(random);
  });
}

function nested(value: unknown, random: Random): unknown {
  const key = pick(["all", "any", "not", "did", "where", "0"], random);
  let around = value;
  for (let depth = pick([5, 25, 200], random); depth > 0; depth--) {
    around = random(2) === 0 ? [around] : { [key]: around };
  }
  return around;
}

/** A valid value with one to three changes. */
export function mutateValue(value: unknown, random: Random): unknown {
  let changed = value;
  for (let times = 1 + random(3); times > 0; times--) changed = changedOnce(changed, random);
  return changed;
}

/** A text with a part gone, doubled, moved, or something nasty in it. */
export function mutateText(text: string, random: Random): string {
  const from = random(text.length + 1);
  const to = from + random(text.length - from + 1);
  const part = text.slice(from, to);
  return pick(
    [
      text.slice(0, from) + text.slice(to),
      text.slice(0, to) + part + text.slice(to),
      text.slice(to) + text.slice(0, to),
      text.slice(0, from) + pick(NASTY_TEXTS, random) + text.slice(to),
      text.slice(0, from) + pick([..."()[]{}\"',;:.+-*/<>=!&|\\\n\t\0 0aé"], random) + text.slice(from),
    ],
    random,
  );
}

/** Bytes with some flipped, cut, doubled or overwritten. */
export function mutateBytes(bytes: Buffer, random: Random): Buffer {
  const changed = Buffer.from(bytes);
  for (let times = 1 + random(4); times > 0 && changed.length > 0; times--) {
    changed[random(changed.length)] = pick(
      [0, 0x22, 0x0a, 0x2c, 0x7f, 0x80, 0xc3, 0xed, 0xff, random(256)],
      random,
    );
  }
  const at = random(changed.length + 1);
  return pick(
    [
      changed,
      changed.subarray(0, at),
      Buffer.concat([changed, changed.subarray(at)]),
      Buffer.concat([changed.subarray(at), changed.subarray(0, at)]),
    ],
    random,
  );
}
