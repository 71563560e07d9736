export { connect } from "./client.ts";
export { agrees, type Comparison, compare, memberIds } from "./demo/compare.ts";
export { main } from "./main.ts";
