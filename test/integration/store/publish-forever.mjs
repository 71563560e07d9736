// Opens and publishes operations, each with several facts at once, until it is killed. Says each number that
// it has published.
import { openStore, setBase } from "../../../packages/server/dist/store/index.js";

const store = await openStore({ folder: process.argv[2], clock: { now: Date.now } });
await store.operations.abandonOpen();
for (;;) {
  const operation = await store.operations.open("import", "1", 1);
  await store.operations.publish(operation, async (trx) => {
    await setBase(trx, 1, operation);
    await store.counters.with(trx).set("arrival", operation);
    await setBase(trx, 2, operation);
  });
  process.stdout.write(`${operation}\n`);
}
