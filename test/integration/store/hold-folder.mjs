// Holds a data folder until it is killed.
import { lockFolder } from "../../../packages/server/dist/store/index.js";

lockFolder(process.argv[2]);
process.stdout.write("held\n");
setInterval(() => undefined, 60_000);
