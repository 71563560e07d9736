/** The types in which a compiled statement binds values. */
export type ParameterType =
  | "String"
  | "Array(String)"
  | "Array(UInt32)"
  | "Array(Int64)"
  | "Decimal(18, 6)"
  | "Decimal(38, 6)"
  | "Decimal(38, 12)"
  | "Decimal(76, 12)"
  | "Int64"
  | "DateTime64(3, 'UTC')";

export type ParameterValue = string | number | readonly string[] | readonly number[];

/** Binds a value and gives the placeholder that stands for it in the statement. */
export type Bind = (type: ParameterType, value: ParameterValue) => string;

/** Collects the bound values of one statement; equal values share a parameter. */
export function parameterList(): { readonly bind: Bind; readonly values: Record<string, ParameterValue> } {
  const values: Record<string, ParameterValue> = {};
  const names = new Map<string, string>();
  return {
    values,
    bind: (type, value) => {
      const key = JSON.stringify([type, value]);
      const known = names.get(key);
      if (known !== undefined) return known;
      const name = `rule_${names.size + 1}`;
      const placeholder = `{${name}:${type}}`;
      names.set(key, placeholder);
      values[name] = value;
      return placeholder;
    },
  };
}

/** An instant as the engine reads it: `2011-12-10 00:00:00.000`, in UTC. */
export function instantText(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace("T", " ").replace("Z", "");
}
