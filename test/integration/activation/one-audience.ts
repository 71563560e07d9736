import type { Sandbox } from "@peregrine/ibexa-sandbox";
import type { ActivationService } from "@peregrine/server";
import { activate, openSandbox, openWorld, type World } from "./world.ts";

/** An activation of its own that carries one audience to a sandbox of its own. */
interface Case {
  readonly sandbox: Sandbox;
  readonly service: ActivationService;
  readonly activation: string;
  readonly audience: string;
  run(): ReturnType<ActivationService["run"]>;
  inSegment(): string[];
}

/** A world with people whom all cases share. */
export interface Cases {
  readonly world: World;
  setUp(config?: Parameters<typeof openSandbox>[0], advanced?: Record<string, unknown>): Promise<Case>;
  /** What was never answered can't be carried out any more. */
  settle(): void;
  closeSandboxes(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a world in which the profiles 1 to 400 have a `userid`. */
export async function openCases(): Promise<Cases> {
  const world = await openWorld();
  await world.audiences.know(range(1, 400).map((profile) => [profile, userOf(profile)]));
  const sandboxes: Sandbox[] = [];
  let names = 0;
  return {
    world,
    async setUp(config = {}, advanced = {}) {
      const sandbox = await openSandbox(config);
      sandboxes.push(sandbox);
      names += 1;
      const activation = `activation-${names}`;
      const audience = `a${String(names).padStart(7, "0")}`;
      const service = world.service();
      await activate(world, service, {
        id: activation,
        baseUrl: sandbox.webhookUrl,
        audiences: [audience],
        advanced,
      });
      return {
        sandbox,
        service,
        activation,
        audience,
        run: () => service.run(activation, "manual"),
        inSegment: () => [...sandbox.people(audience)].sort(),
      };
    },
    settle: () => world.clock.advance(10_000),
    async closeSandboxes() {
      for (const sandbox of sandboxes.splice(0)) await sandbox.close();
    },
    close: () => world.close(),
  };
}

/** Numbers of profiles, both ends among them. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}

/** The `userid`s of profiles, sorted. */
export function ids(profiles: readonly number[]): string[] {
  return profiles.map(userOf).sort();
}

function userOf(profile: number): string {
  return String(1000 + profile);
}
