import { prepare } from "./prepare.mjs";

prepare({ tests: true });
console.error("Built. Start it with: npx peregrine serve");
