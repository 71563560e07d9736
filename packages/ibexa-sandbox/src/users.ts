import type { UsersConfig } from "./config.ts";
import { wholeNumber } from "./person-set.ts";

/** Answers whether a person id is a user of this Ibexa. */
export type IsUser = (personId: string) => boolean;

export function usersOf(users: UsersConfig): IsUser {
  if (users === "any") return () => true;
  if ("list" in users) {
    const ids = new Set(users.list);
    return (personId) => ids.has(personId);
  }
  const [first, last] = users.range;
  return (personId) => {
    const number = wholeNumber(personId);
    return number !== undefined && number >= first && number <= last;
  };
}
