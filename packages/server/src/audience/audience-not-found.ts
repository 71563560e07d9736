import { notFound, type PeregrineError } from "@peregrine/core";
import type { Store } from "../store/index.ts";

/** The failure of naming an audience that is not there, with the one that was probably meant. */
export async function audienceNotFound(store: Store, id: string): Promise<PeregrineError> {
  const known = (await store.definitions.list("audience")).map((one) => one.id);
  return notFound("audience", `There is no audience \`${id}\`.`, { asked: id, known });
}
