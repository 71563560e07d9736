export type { AudienceChecks, AudienceStanding } from "./audiences.ts";
export { targetOf } from "./definition-hooks.ts";
export { createOutgoing, type Outgoing } from "./request.ts";
export { activationRoutes } from "./routes.ts";
export { DELIVERY_POLICY, type DeliveryPolicy } from "./run-dependencies.ts";
export { ActivationScheduler, type SchedulerOptions } from "./scheduler.ts";
export { ActivationService, type ActivationServiceOptions } from "./service.ts";
export type { ActivationStatus } from "./status.ts";
export { type Wait, wait } from "./wait.ts";
