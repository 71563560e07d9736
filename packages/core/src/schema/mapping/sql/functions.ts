import { constantText } from "../functions/row.ts";
import type { FunctionName } from "../functions.ts";
import { booleanOfText, numberOfText, textOf, timeByFormat, timeOfText } from "./cast.ts";
import { type Compiled, listOf, present, truth, under } from "./compiled.ts";
import type { FunctionSql } from "./function-sql.ts";
import { LIST_SQL, NUMBER_FUNCTION_SQL, TEXT_SQL } from "./texts.ts";
import { TIME_FUNCTION_SQL } from "./times.ts";

/** One row for each function. */
export const FUNCTION_SQL: Record<FunctionName, FunctionSql> = {
  text: ([x]) => textOf(x),
  number: ([x]) => (x.type === "text" ? numberOfText(x) : x),
  boolean: ([x]) => (x.type === "text" ? booleanOfText(x) : x),
  time: ([x], [, format, zone]) => {
    if (x.type !== "text") return x;
    const written = constantText(format);
    return written === undefined ? timeOfText(x) : timeByFormat(x, written, constantText(zone) ?? "UTC");
  },
  list: ([x]) => {
    if (x.type === "list") return x;
    return x.list ?? listOf(x, `[${x.nullable ? `ifNull(${x.value}, '')` : x.value}]`);
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
  ...TEXT_SQL,
  ...NUMBER_FUNCTION_SQL,
  ...TIME_FUNCTION_SQL,
  ...LIST_SQL,
};
