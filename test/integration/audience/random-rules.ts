import type { Filter } from "@peregrine/core";
import fc from "fast-check";
import { measuredNumber, numberComparison, OPERANDS, pair, point, span } from "./random-operands.ts";
import { ATTRIBUTES, EVENTS, PROPERTIES } from "./world.ts";

const have = fc.constantFrom(...Object.entries(ATTRIBUTES)).chain(([attribute, { type }]) => {
  // Only of a person's list can be told whether it is empty or missing.
  const operand = type === "list" ? fc.oneof(OPERANDS.list, fc.constant({ isEmpty: true })) : OPERANDS[type];
  return operand.map((asked) => ({ have: { attribute, ...asked } }));
});

type EventName = keyof typeof EVENTS;

/** The properties that the events have in at least one of their schemas. */
function propertiesOf(event: EventName) {
  const schemas: readonly number[] = EVENTS[event];
  return Object.entries(PROPERTIES).filter(([, { columns }]) =>
    Object.keys(columns).some((schema) => schemas.includes(Number(schema))),
  );
}

function filterOf(event: EventName): fc.Arbitrary<Filter> {
  const { filter } = fc.letrec<{ filter: Filter; leaf: Filter }>((tie) => ({
    leaf: fc
      .constantFrom(...propertiesOf(event))
      .chain(([property, { type }]) => OPERANDS[type].map((operand) => ({ property, ...operand }))),
    filter: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      { arbitrary: tie("leaf"), weight: 4 },
      {
        arbitrary: fc.array(tie("filter"), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
        weight: 1,
      },
      {
        arbitrary: fc.array(tie("filter"), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
        weight: 1,
      },
      { arbitrary: tie("filter").map((not) => ({ not })), weight: 1 },
    ),
  }));
  return filter;
}

function measureOf(event: EventName): fc.Arbitrary<Record<string, unknown>> {
  const names = (types: readonly string[]) =>
    propertiesOf(event)
      .filter(([, { type }]) => types.includes(type))
      .map(([name]) => name);
  const numberName = fc.constantFrom(...names(["number"]));
  const measured = fc.oneof(
    numberName,
    fc.tuple(numberName, numberName).map((product) => ({ product })),
  );
  return fc.oneof(
    fc.constant({ count: true }),
    fc.constantFrom(...names(["text", "number", "boolean", "time"])).map((distinct) => ({ distinct })),
    fc
      .tuple(fc.constantFrom("sum", "average", "minimum", "maximum"), measured)
      .map(([name, of]) => ({ [name]: of })),
  );
}

const within = fc.oneof(
  { arbitrary: span, weight: 4 },
  { arbitrary: pair.map((between) => ({ between })), weight: 2 },
  { arbitrary: point.map((before) => ({ before })), weight: 1 },
  { arbitrary: point.map((after) => ({ after })), weight: 1 },
);

const occurrence = fc
  .constantFrom<EventName>("pageview", "buy", "return", "visit")
  .chain((event) =>
    fc.record({
      event: fc.constant(event),
      occurrence: fc.constantFrom("first", "last"),
      within,
      where: fc.option(filterOf(event), { nil: undefined }),
    }),
  )
  .map(({ where, ...did }) => ({ did: { ...did, ...(where === undefined ? {} : { where }) } }));

const did = fc.constantFrom<EventName>("pageview", "buy", "return", "visit").chain((event) =>
  fc
    .record({
      where: fc.option(filterOf(event), { nil: undefined }),
      within: fc.option(within, { nil: undefined, freq: 3 }),
      measured: fc.option(fc.tuple(measureOf(event), numberComparison(measuredNumber)), {
        nil: undefined,
        freq: 3,
      }),
    })
    .map(({ where, within, measured }) => ({
      did: {
        event,
        ...(where === undefined ? {} : { where }),
        ...(within === undefined ? {} : { within }),
        ...(measured === undefined ? {} : { measure: measured[0], ...measured[1] }),
      },
    })),
);

/** Random rules of the whole language; they name audiences by these ids, if there are any. */
export function anyRule(audiences: readonly string[]): fc.Arbitrary<unknown> {
  const inAudience =
    audiences.length === 0
      ? []
      : [{ arbitrary: fc.constantFrom(...audiences).map((id) => ({ inAudience: id })), weight: 2 }];
  return fc.letrec<{ rule: unknown }>((tie) => ({
    rule: fc.oneof(
      { depthSize: "small" },
      { arbitrary: have, weight: 6 },
      { arbitrary: did, weight: 6 },
      { arbitrary: occurrence, weight: 2 },
      { arbitrary: fc.constant({ everyone: true }), weight: 1 },
      ...inAudience,
      { arbitrary: fc.array(tie("rule"), { minLength: 1, maxLength: 3 }).map((all) => ({ all })), weight: 2 },
      { arbitrary: fc.array(tie("rule"), { minLength: 1, maxLength: 3 }).map((any) => ({ any })), weight: 2 },
      { arbitrary: tie("rule").map((not) => ({ not })), weight: 2 },
    ),
  })).rule;
}

/** Audiences whose rules name those before them. */
export function anyAudiences(
  count: number,
): fc.Arbitrary<ReadonlyMap<string, { name: string; rule: unknown }>> {
  const ids = Array.from({ length: count }, (_, at) => `audience-${at}`);
  return fc
    .tuple(...ids.map((_, at) => anyRule(ids.slice(0, at))))
    .map((rules) => new Map(ids.map((id, at) => [id, { name: id, rule: rules[at] }])));
}
