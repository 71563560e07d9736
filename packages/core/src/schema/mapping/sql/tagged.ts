import type { Compiled } from "./compiled.ts";
import { textLiteral } from "./literal.ts";

/**
 * How a value of a nested row stands in a cell: nothing where it is absent, else a letter and what it is of. Whoever
 * reads nested rows writes cells so.
 */
export const CELL_TAGS = {
  /** Known to be nothing. */
  null: "n",
  /** One value, as text. */
  single: "s",
  /** JSON of a list of texts. */
  list: "l",
  /** An object. */
  object: "o",
  /** A list in which objects stand. */
  objects: "a",
} as const;

/** A column of a nested row as text; with what it is as a list. */
export function taggedColumn(cell: string, name: string): Compiled {
  const tagged = (tag: string) => `startsWith(${cell}, '${tag}')`;
  const refusals = (wanted: Readonly<Record<string, string>>) =>
    Object.entries(wanted).map(([tag, reason]) => ({
      when: tagged(tag),
      column: name,
      reason: textLiteral(reason),
    }));
  const base = {
    nullable: true,
    absent: `(${cell} = '')`,
    column: name,
  };
  const objects = `is a list of objects; name a member of each, such as list(${name}.name)`;
  const rest = `substring(${cell}, 2)`;
  return {
    ...base,
    type: "text",
    value: `if(${tagged(CELL_TAGS.single)}, ${rest}, NULL)`,
    faults: refusals({
      [CELL_TAGS.object]: `is an object, where one value is expected; name a member of it, such as ${name}.name`,
      [CELL_TAGS.list]: `is a list, where one value is expected; list(${name}) takes it`,
      [CELL_TAGS.objects]: objects,
    }),
    list: {
      ...base,
      type: "list",
      value: `multiIf(${tagged(CELL_TAGS.list)}, ${rest}, ${tagged(CELL_TAGS.single)}, toJSONString([${rest}]), NULL)`,
      faults: refusals({
        [CELL_TAGS.object]: `is an object, where a list is expected; name a member of it, such as ${name}.name`,
        [CELL_TAGS.objects]: objects,
      }),
    },
  };
}
