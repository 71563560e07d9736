import { openEngine, openStore, AudienceService, DefinitionService } from "@peregrine/server";
import { anyRule, randomOf } from "./dist/bench/lib-audience-rules.js";
const folder = "/tmp/services-db";
const engine = await openEngine({ folder: folder + "/engine", log: { info() {}, warn() {} } });
const store = await openStore({ folder: folder + "/control", clock: { now: Date.now } });
const definitions = new DefinitionService({ store });
const audiences = new AudienceService({ store, engine, clock: { now: () => Date.UTC(2026, 5, 15, 12) }, timeZone: "Europe/Copenhagen", instance: "b", definitions });
const q = engine.query.bind(engine);
const random = randomOf(7);
try {
  const times = [];
  for (let i = 0; i < 12; i++) {
    const rule = anyRule(2 + random(5), random);
    const t = performance.now();
    const p = await audiences.previewRule(rule);
    times.push(Math.round(performance.now() - t));
    if (i < 2) console.log(JSON.stringify(p).slice(0, 1500));
  }
  console.log(times.join(" "), times.sort((a,b)=>a-b)[11]);
  const s = await store.operations.snapshot();
  const t = performance.now(); await q("SELECT uniqExact(profile) FROM (SELECT value, argMax(profile,(arrival,step)) AS profile FROM identifier WHERE kind = 1 GROUP BY value)"); console.log("identifiers", performance.now() - t);
} finally { await store.close(); await engine.close(); }
