import { z } from "zod";
import { WINDOW_FORMS, type WindowForm } from "../did-window.ts";
import { type Reporter, wordFor } from "../report.ts";
import { readTimePoint } from "../time-point.ts";
import { type Window, withinLast } from "../window.ts";
import { has, isObject, readParts } from "./object.ts";
import { readBetween } from "./span.ts";

const FORMS = Object.keys(WINDOW_FORMS) as readonly WindowForm[];
const HOW =
  "Write one of { last: 30, unit: days }, { between: [2026-01-01, 2026-03-31] }, { before: … }, { after: … }.";
const PARTS = {
  last: z.unknown(),
  unit: z.unknown(),
  between: z.unknown(),
  before: z.unknown(),
  after: z.unknown(),
};
const pair = z.tuple([z.unknown(), z.unknown()]);

type WindowReader = (value: Readonly<Record<string, unknown>>, report: Reporter) => Window | undefined;

const READERS: { readonly [Form in WindowForm]: WindowReader } = {
  last: (value, report) => {
    const parsed = withinLast.safeParse(value, { reportInput: true });
    if (!parsed.success) return report.issues(parsed.error.issues);
    return { kind: "within", ...parsed.data };
  },
  between: ({ between }, report) => {
    const parsed = pair.safeParse(between, { reportInput: true });
    if (!parsed.success) return report.at("between").issues(parsed.error.issues);
    return readBetween(parsed.data, report.at("between"));
  },
  before: ({ before }, report) => {
    const point = readTimePoint(before, report.at("before"));
    return point === undefined ? undefined : { kind: "before", point };
  },
  after: ({ after }, report) => {
    const point = readTimePoint(after, report.at("after"));
    return point === undefined ? undefined : { kind: "after", point };
  },
};

/** `{ last: 30, unit: days }`, `{ between: [2026-01-01, 2026-03-31] }`, `{ before: … }`, `{ after: … }` */
export function resolveWindow(value: unknown, report: Reporter): Window | undefined {
  if (!isObject(value)) {
    return report.fault(`a window is expected here, but ${wordFor(value)} stands here`, HOW);
  }
  const known = Object.keys(value).filter((key) => Object.hasOwn(PARTS, key));
  // `unit` belongs to `last`: alone it is a window whose number is missing.
  const forms = FORMS.filter((form) => has(value, form) || (form === "last" && has(value, "unit")));
  if (known.length < Object.keys(value).length) readParts(value, PARTS, report);
  const [form, another] = forms;
  if (form === undefined) {
    return known.length < Object.keys(value).length ? undefined : report.fault("nothing stands here", HOW);
  }
  if (another !== undefined) return report.fault(`${forms.join(" and ")} stand side by side`, HOW);
  const own = Object.fromEntries(Object.entries(value).filter(([key]) => Object.hasOwn(PARTS, key)));
  const window = READERS[form](own, report);
  return known.length < Object.keys(value).length ? undefined : window;
}
