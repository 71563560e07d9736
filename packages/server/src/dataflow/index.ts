export { DataflowService } from "./dataflow-service.ts";
export { dataflowRoutes } from "./routes.ts";
export { sampleRoutes } from "./sample-routes.ts";
export { SampleService } from "./sample-service.ts";
