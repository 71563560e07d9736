import { isTimeZone } from "../../../audience/zone.ts";
import type { Typed } from "../typed.ts";
import { constantText } from "./row.ts";

/** What is wrong with the name of a time zone; `Area/City`, because an offset knows no summer. */
export function zoneFault(typed: Typed | undefined): string | undefined {
  const zone = constantText(typed);
  if (zone === undefined) return 'the time zone is a constant text, such as "Europe/Copenhagen"';
  if (/^(?:UTC|[A-Za-z_]+\/[A-Za-z_+\-0-9/]+)$/.test(zone) && isTimeZone(zone)) return undefined;
  return `\`${zone}\` is no time zone, such as Europe/Copenhagen or UTC`;
}
