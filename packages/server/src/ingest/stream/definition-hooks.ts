import { type KindHooks, secretOwner } from "../../definition/index.ts";
import { type Store, streamIdHash } from "../../store/index.ts";

/** The name under which the hash of a given stream id is kept: it tells whether the next one is another. */
const SECRET = "streamId";

/**
 * What a dataflow's definition has to do with its stream: an id that is brought from another system opens it as soon
 * as the definition is saved, and only as its hash; with the dataflow all its stream ids end.
 */
export function streamHooks(store: Store): KindHooks<"dataflow"> {
  return {
    open({ streamId, ...body }) {
      const secrets = streamId === undefined ? {} : { [SECRET]: streamIdHash(streamId) };
      return { body, secrets, faults: [] };
    },
    async write({ action, body, number }, transaction) {
      const ids = store.streamIds.with(transaction);
      const secrets = store.secrets.with(transaction);
      const owner = secretOwner("dataflow", body.id);
      if (action === "deleted") {
        await ids.revokeOf(number);
        await secrets.delete(owner);
        return;
      }
      const given = (await secrets.of(owner))[SECRET];
      if (given !== undefined && given !== (await ids.given(number))) {
        await ids.give({ id: body.id, number }, given);
      }
    },
  };
}
