import { expect, it } from "vitest";
import { waitingText } from "./waiting.ts";

it("what waits says for whom and why, names the host once, and ends each sentence", () => {
  const host = "shop.example.com";
  expect(waitingText("Ibexa answered 503: busy", host)).toBe(
    "Waiting for shop.example.com: Ibexa answered 503: busy. It is tried again.",
  );
  expect(waitingText(`${host} didn't answer within 30 s.`, host)).toBe(
    "Waiting: shop.example.com didn't answer within 30 s. It is tried again.",
  );
  expect(waitingText("Ibexa answered 503.")).toBe("Waiting: Ibexa answered 503. It is tried again.");
});
