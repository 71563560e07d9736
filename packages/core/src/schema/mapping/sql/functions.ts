import type { FunctionName } from "../functions.ts";
import type { Typed } from "../typed.ts";
import { booleanOfText, numberOfText, textOf, timeByFormat, timeOfText } from "./cast.ts";
import { type Compiled, either, present, truth, under } from "./compiled.ts";
import { textLiteral } from "./literal.ts";

type Args = readonly [Compiled, ...Compiled[]];

/** One row for each function; the arguments are compiled and of types that the checker accepted. */
export const FUNCTION_SQL: Record<FunctionName, (args: Args, typed: readonly Typed[]) => Compiled> = {
  text: ([x]) => textOf(x),
  number: ([x]) => (x.type === "text" ? numberOfText(x) : x),
  boolean: ([x]) => (x.type === "text" ? booleanOfText(x) : x),
  time: ([x], [, format]) => {
    if (x.type !== "text") return x;
    return format?.kind === "text" ? timeByFormat(x, format.value) : timeOfText(x);
  },
  list: ([x]) => {
    if (x.type === "list") return x;
    if (x.list !== undefined) return x.list;
    const text = x.type === "nothing" ? "CAST(NULL, 'Nullable(String)')" : x.value;
    return {
      ...x,
      type: "list",
      value: `if(isNull(${text}), NULL, toJSONString([assumeNotNull(${text})]))`,
      nullable: true,
    };
  },
  if: ([condition, ...branches]) => {
    const [then, otherwise] = branches;
    if (then === undefined || otherwise === undefined) throw new Error("the checker counts arguments");
    const holds = truth(condition);
    const absent =
      then.absent === otherwise.absent ? then.absent : `if(${holds}, ${then.absent}, ${otherwise.absent})`;
    return {
      type: then.type === "nothing" ? otherwise.type : then.type,
      value: `if(${holds}, ${then.value}, ${otherwise.value})`,
      nullable: then.nullable || otherwise.nullable,
      absent,
      faults: [...condition.faults, ...under(holds, then.faults), ...under(`NOT ${holds}`, otherwise.faults)],
      column: undefined,
    };
  },
  coalesce: (args) => {
    // Compiled from the right, because a later value is only looked at where all before it are missing.
    const [last, ...before] = args.toReversed();
    if (last === undefined) throw new Error("the checker counts arguments");
    return before.reduce<Compiled>(
      (rest, x) => ({
        type: x.type === "nothing" ? rest.type : x.type,
        value: x.nullable ? `ifNull(${x.value}, ${rest.value})` : x.value,
        nullable: x.nullable && rest.nullable,
        absent: rest.absent,
        faults: [...x.faults, ...under(`NOT ${present(x)}`, rest.faults)],
        column: undefined,
      }),
      last,
    );
  },
  concat: (args) => ({
    type: "text",
    value: `concat(${args.map((x) => x.value).join(", ")})`,
    nullable: args.some((x) => x.nullable),
    absent: either(...args.map((x) => x.absent)),
    faults: args.flatMap((x) => x.faults),
    column: undefined,
  }),
  lower: ([x]) => ({ ...x, type: "text", value: `lowerUTF8(${x.value})` }),
  trim: ([x]) => ({
    ...x,
    type: "text",
    // As JavaScript's trim, which the identity resolver uses: Unicode spaces and the byte order mark too.
    value: `replaceRegexpAll(${x.value}, ${textLiteral("^[\\s\\p{Z}\\x{FEFF}]+|[\\s\\p{Z}\\x{FEFF}]+$")}, '')`,
  }),
};
