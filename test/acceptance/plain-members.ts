import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEngine } from "@peregrine/server";

// Who should be in four of the audiences, by SQL that was written by hand over the lines of the file: neither the
// import nor the rules' compiler has a part in it.

const LINES = `
  CREATE TABLE line ENGINE = Memory AS
  SELECT
    splitByChar('.', CustomerID)[1] AS person, InvoiceNo AS invoice, StockCode AS product, Description AS description,
    Quantity AS quantity, InvoiceDate AS time, UnitPrice AS price, Country AS country
  FROM file({file:String}, 'CSVWithNames', 'InvoiceNo String, StockCode String, Description String, Quantity Int32,
    InvoiceDate DateTime(''UTC''), UnitPrice Decimal(18, 3), CustomerID String, Country String')
  WHERE CustomerID != ''`;

/** By id of the audience; all as of 2011-12-10 00:00 in UTC. */
const MEMBERS = {
  // The first purchase lies within the last 90 days.
  "0a71c005": `
    SELECT person FROM line WHERE quantity > 0
    GROUP BY person HAVING min(time) > '2011-09-11 00:00:00'`,
  // Five different Christmas products from September to November, those whose code begins with 22 left out.
  "0a71c006": `
    SELECT person FROM line
    WHERE quantity > 0 AND description ILIKE '%christmas%' AND product NOT LIKE '22%'
      AND time >= '2011-09-01 00:00:00' AND time < '2011-12-01 00:00:00'
    GROUP BY person HAVING count(DISTINCT product) >= 5`,
  // 5,000 within 365 days; the country of the latest line, and between lines of one second of the largest invoice.
  "0a71c007": `
    SELECT person FROM line
    GROUP BY person
    HAVING sum(if(quantity > 0 AND time > '2010-12-10 00:00:00', quantity * price, 0)) >= 5000
      AND argMax(country, (time, invoice)) != 'United Kingdom'`,
  // The last line, be it a return, is of 10 to 24 December; none is of the last half year.
  "0a71c008": `
    SELECT person FROM line
    GROUP BY person
    HAVING formatDateTime(max(time), '%m-%d') BETWEEN '12-10' AND '12-24' AND max(time) <= '2011-06-10 00:00:00'`,
};

/**
 * The people of each audience, by id of the audience.
 *
 * @param file the data set, a gzipped CSV
 */
export async function plainMembers(file: string): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const folder = mkdtempSync(join(tmpdir(), "peregrine-plain-"));
  const engine = await openEngine({ folder, log: { info: () => {}, warn: () => {} } });
  try {
    await engine.command(LINES, { file });
    const members = new Map<string, ReadonlySet<string>>();
    for (const [id, statement] of Object.entries(MEMBERS)) {
      const rows = await engine.query<{ person: string }>(statement);
      members.set(id, new Set(rows.map(({ person }) => person)));
    }
    return members;
  } finally {
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
