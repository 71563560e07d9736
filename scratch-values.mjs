import { openEngine, openStore, AudienceService, DefinitionService } from "@peregrine/server";
const folder = "/tmp/services-db";
const engine = await openEngine({ folder: folder + "/engine", log: { info() {}, warn() {} } });
const store = await openStore({ folder: folder + "/control", clock: { now: Date.now } });
const definitions = new DefinitionService({ store });
const audiences = new AudienceService({ store, engine, clock: { now: () => Date.UTC(2026, 5, 15, 12) }, timeZone: "Europe/Copenhagen", instance: "b", definitions });
const timed = async (name, work) => { const t = performance.now(); const r = await work(); console.log(name, Math.round(performance.now() - t), "ms", JSON.stringify(r).slice(0, 250)); return r; };
const s = audiences.suggestions;
try {
  await timed("cold country uni", () => s.values({ attribute: "country" }, "u", 20));
  await timed("cold page prod", () => s.values({ event: "pageview", property: "page" }, "product-49", 20));
  await timed("cold amount", () => s.values({ event: "buy", property: "amount" }, "", 5));
  await timed("idle", async () => { await s.idle(); return 0; });
  for (const a of ["country","city","age","score","vip","birthday","interests","userid"]) { await timed(a, () => s.values({ attribute: a }, "", 3)); await timed("idle", async () => { await s.idle(); return 0; }); await timed(a, () => s.values({ attribute: a }, "1", 3)); }
  for (const [e,p] of [["pageview","page"],["pageview","seconds"],["buy","brand"],["buy","tags"],["buy","delivered"],["visit","userid"]]) { await timed(e+p, () => s.values({ event: e, property: p }, "", 3)); await timed("idle", async () => { await s.idle(); return 0; }); await timed(e+p, () => s.values({ event: e, property: p }, "1", 3)); }
  await timed("catalog", () => s.catalog());
  await timed("catalog", () => s.catalog());
  await timed("idle warm", async () => { await s.idle(); return 0; });
} finally { await store.close(); await engine.close(); }
