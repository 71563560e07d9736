import { openEngine, openStore, AudienceService, DefinitionService, views } from "@peregrine/server";
import { compileRules, resolveRule } from "@peregrine/core";
import { anyRule, randomOf } from "./dist/bench/lib-audience-rules.js";
const folder = "/tmp/services-db";
const engine = await openEngine({ folder: folder + "/engine", log: { info() {}, warn() {} } });
const store = await openStore({ folder: folder + "/control", clock: { now: Date.now } });
const definitions = new DefinitionService({ store });
const audiences = new AudienceService({ store, engine, clock: { now: () => Date.UTC(2026, 5, 15, 12) }, timeZone: "Europe/Copenhagen", instance: "b", definitions });
const random = randomOf(7);
const orig = engine.query.bind(engine);
try {
  for (let i = 0; i < 7; i++) {
    const rule = anyRule(2 + random(5), random);
    if (i < 2) continue;
    let main;
    const spy = { ...engine, query: async (sql, p, o) => { const t = performance.now(); const r = await orig(sql, p, o); const ms = Math.round(performance.now() - t); if (ms > 50) console.log("   ", ms, sql.length, sql.slice(-60).replaceAll("\n", " ")); if (sql.includes("AS joins")) main = [sql, p]; return r; } };
    const a2 = new AudienceService({ store, engine: spy, clock: { now: () => Date.UTC(2026, 5, 15, 12) }, timeZone: "Europe/Copenhagen", instance: "b", definitions: new DefinitionService({ store }) });
    const t = performance.now();
    await a2.previewRule(rule);
    console.log("preview", Math.round(performance.now() - t), JSON.stringify(rule));
    // the root alone
    const [sql, p] = main;
    const inner = sql.slice(sql.indexOf("AS was FROM (") + 13, -2);
    const head = sql.slice(0, sql.indexOf("SELECT [toUInt32(countIf(r0"));
    const t2 = performance.now();
    await orig(`${head}SELECT countIf(r0) FROM (${inner})`, p);
    console.log("  root only", Math.round(performance.now() - t2));
  }
} finally { await store.close(); await engine.close(); }
