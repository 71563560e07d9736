import { expect, it } from "vitest";
import { RefusalCount } from "./refusal-count.ts";

function refuse(count: RefusalCount, people: number, reason: (person: string) => string): void {
  for (let at = 1; at <= people; at += 1) {
    count.refusedAlone({ code: "destinationRefused", reason: reason(`p${at}`) }, `p${at}`);
  }
}

it("takes 20 refusals with the same answer for a fault of the message", () => {
  const count = new RefusalCount();
  refuse(count, 19, (person) => `no user ${person}, request 77${person.length}`);
  expect(count.isTheMessage).toBe(false);
  refuse(count, 1, (person) => `no user ${person}, request 1`);
  expect(count.isTheMessage).toBe(true);
});

it("takes them for a fault of the people when somebody was accepted, or when the answers differ", () => {
  const accepted = new RefusalCount();
  accepted.accepted(1);
  refuse(accepted, 100, () => "no");
  expect(accepted.isTheMessage).toBe(false);
  const different = new RefusalCount();
  refuse(different, 19, () => "no user");
  refuse(different, 19, () => "too young");
  expect(different.isTheMessage).toBe(false);
});
