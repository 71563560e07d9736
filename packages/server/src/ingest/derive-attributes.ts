import type { ColumnType } from "@peregrine/core";
import { assigned, SPILL, stretches } from "./derive-events.ts";
import { catalogNumber, importOf, PRESENCE, presenceColumn, valueColumn } from "./mapping-sql.ts";
import { type RowsOf, stoppable } from "./rows.ts";

/** So many attributes share one reading of the rows; each holds a value per profile in memory. */
const AT_ONCE = 8;

/** Which of the typed columns of `attribute` holds a value, and what the others hold. */
const TYPED: Readonly<Record<ColumnType, { readonly column: string; readonly none: string }>> = {
  text: { column: "text", none: "''" },
  number: { column: "number", none: "toDecimal64(0, 6)" },
  boolean: { column: "flag", none: "toUInt8(0)" },
  time: { column: "moment", none: "toDateTime64(0, 3, 'UTC')" },
  list: { column: "list", none: "CAST([], 'Array(String)')" },
};
const TYPES = Object.keys(TYPED) as ColumnType[];

/**
 * Writes the attributes that an import brought. Of the rows of one profile only the latest is written, by time, then
 * tie-break, then arrival. That loses nothing: profiles only ever merge, and the latest of a merged profile is the
 * latest of one of its parts. Of a large import, the latest of each stretch.
 */
export async function writeAttributes(rowsOf: RowsOf, assignmentTable: string): Promise<void> {
  const { engine, operation, plan, arrivalFrom } = rowsOf;
  const attributes = plan.mapping.targets.map(({ column }) => ({
    number: catalogNumber(plan, column),
    type: column.type,
  }));
  for (let first = 0; first < attributes.length; first += AT_ONCE) {
    const group = attributes.slice(first, first + AT_ONCE);
    const latest = group.map(({ number, type }) => {
      const present = `m.${presenceColumn(number)}`;
      const value = `ifNull(m.${valueColumn(number)}, ${TYPED[type].none})`;
      // Inside a tuple, because argMax would pass over a row whose value is NULL.
      return `argMaxIf((${present}, m.time, m.tie, m.row, ${value}), (m.time, m.tie, m.row), ${present} != ${PRESENCE.absent}) AS w${number}`;
    });
    const rows = group.map(({ number, type }) => {
      const w = `w${number}`;
      const typed = TYPES.map((each) => (each === type ? `${w}.5` : TYPED[each].none));
      return `(toUInt32(${number}), ${w}.1, ${w}.2, ${w}.3, ${w}.4, ${typed.join(", ")})`;
    });
    for (const stretch of stretches(rowsOf)) {
      await engine.command(
        `INSERT INTO attribute
          (op, import, dataflow, attribute, profile, time, tie, arrival, is_null, ${TYPES.map((type) => TYPED[type].column).join(", ")})
        SELECT ${operation}, import, ${plan.dataflowNumber}, r.1, profile, r.3, r.4, ${arrivalFrom} + r.5,
          r.2 = ${PRESENCE.null}, ${TYPES.map((_, index) => `r.${index + 6}`).join(", ")}
        FROM (
          SELECT import, profile, arrayJoin(arrayFilter(each -> each.2 != ${PRESENCE.absent}, [${rows.join(", ")}])) AS r
          FROM (
            SELECT ${plan.parts === undefined ? `toUInt32(${importOf(plan)})` : importOf(plan)} AS import, a.profile AS profile, ${latest.join(", ")}
            FROM ${assigned(rowsOf, assignmentTable, "person", stretch)}
            GROUP BY ${plan.parts === undefined ? "" : "import, "}profile
          )
        )`,
        {},
        stoppable(rowsOf, SPILL),
      );
    }
  }
}
