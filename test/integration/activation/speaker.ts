import { type IbexaSettings, ibexa } from "@peregrine/activation-types";
import type { Change, Clock, Verdict } from "@peregrine/core";
import type { Sandbox } from "@peregrine/ibexa-sandbox";
import { Lines, type Outgoing } from "@peregrine/server";

const CLOCK: Clock = { now: Date.now };
let names = 0;

/** The activation type over real sockets, without runs: each message once, by these settings. */
export function speaker(outgoing: Outgoing, given: Record<string, unknown>) {
  const settings: IbexaSettings = ibexa.settings.parse(given);
  names += 1;
  const line = new Lines(outgoing, CLOCK).of({ id: `speaker-${names}`, type: ibexa, settings, secrets: [] });
  const call = {
    settings,
    request: async (message: Parameters<typeof line.send>[0]) => (await line.send(message)).exchange,
  };
  const bring = (audienceId: string, people: readonly string[], membership: boolean) => {
    const changes: Change[] = people.map((personId, id) => ({ id, audienceId, personId, membership }));
    return ibexa.deliver(call, changes).then(({ verdict }) => verdict);
  };
  return {
    check: () => ibexa.check(call),
    attach: (audienceId: string) => ibexa.attach(call, { audienceId, name: `Audience ${audienceId}` }),
    bring,
    describe: (audienceId: string) =>
      ibexa.describe(call, [{ audienceId, property: "description", value: "Ünïcode" }]),
    detach: (audienceId: string) => ibexa.detach(call, audienceId),
  };
}

/** All five messages, people in and out. @returns what each was taken for, and who was in before the detach */
export async function live(one: ReturnType<typeof speaker>, sandbox: Sandbox, audienceId: string) {
  const verdicts: Verdict[] = [
    await one.check(),
    await one.attach(audienceId),
    await one.bring(audienceId, ["14", "15", "16"], true),
    await one.bring(audienceId, ["15"], false),
    await one.describe(audienceId),
  ];
  const people = [...sandbox.people(audienceId)].sort();
  const segment = sandbox.segment(audienceId);
  verdicts.push(await one.detach(audienceId));
  return { kinds: verdicts.map(({ kind }) => kind), people, segment };
}
