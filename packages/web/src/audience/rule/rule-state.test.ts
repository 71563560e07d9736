import type { Rule } from "@peregrine/core";
import { describe, expect, it } from "vitest";
import type { Block, GroupBlock } from "./block.ts";
import { readRule } from "./read-rule.ts";
import { emptyRule, type RuleChange, type RuleState, reduceRule, startRule } from "./rule-state.ts";
import { blocksOf } from "./tree.ts";
import { writeRule } from "./write-rule.ts";

const NO_TYPES = { attribute: () => undefined, property: () => undefined };
const UK: Rule = { have: { attribute: "country", is: "UK" } };
const FR: Rule = { have: { attribute: "country", is: "France" } };
const ADULT: Rule = { have: { attribute: "age", atLeast: 18 } };

function start(rule: Rule): RuleState {
  return startRule((newId) => readRule(rule, NO_TYPES, newId));
}

function after(state: RuleState, ...changes: readonly RuleChange[]): RuleState {
  return changes.reduce(reduceRule, state);
}

const ruleOf = ({ root }: RuleState) => writeRule(root).rule;

/** The id of the block that stands at a place of the tree, by the places of each group. */
function idAt(root: GroupBlock, ...path: readonly number[]): string {
  const block = path.reduce<Block>((one, at) => {
    const next = one.kind === "group" ? one.of[at] : one;
    if (next === undefined) throw new Error(`nothing stands at ${path.join("/")}`);
    return next;
  }, root);
  return block.id;
}

describe("a rule that is edited", () => {
  it("grows by blank blocks, and goes back and forth", () => {
    const empty = startRule(emptyRule);
    const grown = after(empty, { do: "add", into: empty.root.id, kind: "everyone" });
    expect(ruleOf(grown)).toEqual({ everyone: true });
    const undone = after(grown, { do: "undo" });
    expect(undone.root).toBe(empty.root);
    expect(after(undone, { do: "redo" }).root).toBe(grown.root);
    // What is done anew after an undo takes the place of what was undone.
    const other = after(undone, { do: "add", into: empty.root.id, kind: "have" });
    expect(after(other, { do: "redo" })).toBe(other);
    expect(after(empty, { do: "undo" })).toBe(empty);
  });

  it("undoes what was typed into one field at once, and each field by itself", () => {
    const state = start(UK);
    const block = state.root.of[0];
    if (block?.kind !== "have") throw new Error("a condition is expected");
    const typed = (text: string, field: string): RuleChange => ({
      do: "set",
      block: { ...block, test: { ...block.test, text } },
      field,
    });
    const after3 = after(state, typed("F", "text"), typed("Fr", "text"), typed("Fra", "text"));
    expect(ruleOf(after3)).toEqual({ have: { attribute: "country", is: "Fra" } });
    expect(after(after3, { do: "undo" }).root).toBe(state.root);
    const another = after(after3, typed("France", "another"));
    expect(ruleOf(after(another, { do: "undo" }))).toEqual(ruleOf(after3));
  });

  it("moves a block through every place of the tree, by up and down alone", () => {
    const state = start({ all: [UK, { any: [FR, ADULT] }] });
    const id = idAt(state.root, 0);
    const seen = [ruleOf(state)];
    let moving = state;
    for (let step = 0; step < 4; step++) {
      moving = after(moving, { do: "move", id, by: "down" });
      expect(moving.focus).toBe(id);
      seen.push(ruleOf(moving));
    }
    expect(seen).toEqual([
      { all: [UK, { any: [FR, ADULT] }] },
      { any: [UK, FR, ADULT] },
      { any: [FR, UK, ADULT] },
      { any: [FR, ADULT, UK] },
      { all: [{ any: [FR, ADULT] }, UK] },
    ]);
    expect(after(moving, { do: "move", id, by: "down" })).toBe(moving);
    const back = [1, 2, 3, 4].reduce((one) => after(one, { do: "move", id, by: "up" }), moving);
    expect(back.root).toEqual(state.root);
  });

  it("keeps conditions on properties below their event", () => {
    const state = start({
      all: [{ did: { event: "buy", where: { property: "brand", is: "A" } } }, UK],
    });
    const [did] = state.root.of;
    if (did?.kind !== "did") throw new Error("an event is expected");
    const id = did.where.of[0]?.id ?? "";
    expect(after(state, { do: "move", id, by: "down" })).toBe(state);
    expect(after(state, { do: "move", id, by: "up" })).toBe(state);
    const first = idAt(state.root, 1);
    expect(ruleOf(after(state, { do: "move", id: first, by: "up" }))).toEqual({
      all: [UK, { did: { event: "buy", where: { property: "brand", is: "A" } } }],
    });
  });

  it("nests, dissolves, duplicates under new ids, and removes", () => {
    const state = start({ all: [UK, FR] });
    const id = idAt(state.root, 1);
    const copied = after(state, { do: "duplicate", id });
    expect(ruleOf(copied)).toEqual({ all: [UK, FR, FR] });
    const ids = blocksOf(copied.root).map((block) => block.id);
    expect(new Set(ids).size).toBe(ids.length);
    const nested = after(copied, { do: "nest", id }, { do: "move", id: idAt(copied.root, 2), by: "up" });
    expect(ruleOf(nested)).toEqual({ all: [UK, { any: [FR, FR] }] });
    const dissolved = after(nested, { do: "dissolve", id: idAt(nested.root, 1) });
    expect(ruleOf(dissolved)).toEqual({ all: [UK, FR, FR] });
    const removed = after(dissolved, { do: "remove", id });
    expect(ruleOf(removed)).toEqual({ all: [UK, FR] });
    expect(removed.focus).toBe(idAt(removed.root, 1));
    // "Not all of these" is no list that could stand in its place.
    const negated = start({ all: [UK, { not: { all: [FR, ADULT] } }] });
    expect(after(negated, { do: "dissolve", id: idAt(negated.root, 1) })).toBe(negated);
  });

  it("exchanges the whole rule so that it can be undone", () => {
    const state = start(UK);
    const other = after(state, { do: "exchange", read: (newId) => readRule(FR, NO_TYPES, newId) });
    expect(ruleOf(other)).toEqual(FR);
    expect(other.root.id).not.toBe(state.root.id);
    expect(after(other, { do: "undo" }).root).toBe(state.root);
  });
});
