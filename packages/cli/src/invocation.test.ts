import { expect, test } from "vitest";
import { asRun, invocation } from "./invocation.ts";

test("who came by npx is told commands with npx, and who has it installed without", () => {
  expect(invocation({ npm_command: "exec" })).toBe("npx peregrine");
  expect(invocation({ npm_command: "run-script" })).toBe("npx peregrine");
  expect(invocation({})).toBe("peregrine");
});

test.each([
  ["  next: peregrine apply -f shop", "  next: npx peregrine apply -f shop"],
  ["        peregrine apply -f shop", "        npx peregrine apply -f shop"],
  ["Nothing was changed; peregrine user create x", "Nothing was changed; npx peregrine user create x"],
  [
    "There are none. `peregrine user create` makes one.",
    "There are none. `npx peregrine user create` makes one.",
  ],
  ["Usage: peregrine [options] [command]", "Usage: npx peregrine [options] [command]"],
  ["Examples:\n  peregrine catalog", "Examples:\n  npx peregrine catalog"],
  ["Peregrine listens on http://peregrine.example", "Peregrine listens on http://peregrine.example"],
  ["/var/lib/peregrine holds a peregrine falcon", "/var/lib/peregrine holds a peregrine falcon"],
])("commands in a text are those that can be copied: %s", (text, told) => {
  expect(asRun(text, "npx peregrine")).toBe(told);
  expect(asRun(text, "peregrine")).toBe(text);
});
