import type { ColumnType } from "../../schema/schema.ts";
import type { OperandContext, OperandTest } from "../operator/row.ts";
import { OPERATOR_NAMES, OPERATORS, type OperatorName, operatorsOf } from "../operator.ts";
import type { Reporter } from "../report.ts";
import { has } from "./object.ts";

/** A leaf's keys, of which exactly one is an operator. */
type Operands = { readonly [Name in OperatorName]?: unknown } & { readonly ignoreCase?: boolean | undefined };

/**
 * The one operator (or measure) among an object's keys; reports none, or several. Keys that are there but
 * broken count too. Where an unknown key stands, that was reported, and is likely to be the misspelt operator.
 */
export function theOperator<Name extends string>(
  present: Readonly<Record<string, unknown>>,
  names: readonly Name[],
  parts: Readonly<Record<string, unknown>>,
  report: Reporter,
): Name | undefined {
  const found = names.filter((name) => has(present, name));
  const [first, second] = found;
  if (first !== undefined && second === undefined) return first;
  if (second !== undefined) {
    return report.fault(
      `${found.join(" and ")} stand side by side`,
      "Ask one thing per condition, and put several under `all` or `any`.",
    );
  }
  if (Object.keys(present).some((key) => !Object.hasOwn(parts, key))) return undefined;
  return report.fault("nothing is asked here", `Add one of ${names.join(", ")}.`);
}

/**
 * The test that a leaf asks of a value of `type`. `raw` is the leaf as it came, `read` its sound parts;
 * without a type (the name is unknown, or no catalog is at hand) only the shape is checked.
 */
export function resolveTest(
  raw: Readonly<Record<string, unknown>>,
  read: Operands,
  type: ColumnType | undefined,
  parts: Readonly<Record<string, unknown>>,
  of: OperandContext["of"],
  report: Reporter,
): OperandTest | undefined {
  const name = theOperator(raw, OPERATOR_NAMES, parts, report);
  if (name === undefined || type === undefined) return undefined;
  const { types, comparesText, resolve } = OPERATORS[name];
  const allowed: readonly ColumnType[] = types;
  if (!allowed.includes(type)) {
    return report
      .at(name)
      .fault(
        `\`${name}\` cannot be asked of a ${type}`,
        `Of a ${type} can be asked: ${operatorsOf(type).join(", ")}.`,
      );
  }
  if (read.ignoreCase !== undefined && !(comparesText && type === "text")) {
    report.at("ignoreCase").fault("`ignoreCase` stands only beside a comparison of text", "Remove it.");
  }
  const operand = read[name];
  if (operand === undefined) return undefined;
  return resolve(operand, { type, ignoreCase: read.ignoreCase ?? false, of, report: report.at(name) });
}
