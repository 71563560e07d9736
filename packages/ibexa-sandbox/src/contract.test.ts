import { readFile } from "node:fs/promises";
import fastify from "fastify";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { REFUSALS } from "./answer.ts";
import { create, sandboxes, send } from "./client.test-support.ts";
import { readMessage, UPDATE_TYPES } from "./message.ts";

const sandboxWith = sandboxes(onTestFinished);

const docs = new URL("../../../docs/", import.meta.url);
const prose = await readFile(new URL("ibexa-webhook.md", docs), "utf8");
const schema = JSON.parse(await readFile(new URL("ibexa-webhook.schema.json", docs), "utf8"));

/** The JSON of every example on the page: the fenced JSON blocks, and the bodies of the HTTP examples. */
const examples: Record<string, unknown>[] = [...prose.matchAll(/```(json|http)\n([\s\S]*?)```/g)].map(
  (block) => {
    const text = block[2] ?? "";
    return JSON.parse(block[1] === "http" ? text.slice(text.indexOf("\n\n")) : text);
  },
);
const messages = examples.filter((example) => "updateType" in example);

/** Whether a value is valid by the schema file; Fastify's own validator decides, not ours. */
let isValid: (value: unknown) => Promise<boolean>;
beforeAll(async () => {
  const customOptions = {
    removeAdditional: false,
    coerceTypes: false,
    useDefaults: false,
    strict: true,
  } as const;
  const app = fastify({ ajv: { customOptions } });
  // The validator inside Fastify does not know the year 2020 by name; nothing in the file needs what came with it.
  const { $schema: _dialect, $id: _id, ...body } = schema;
  app.post("/", { schema: { body } }, () => "valid");
  await app.ready();
  isValid = async (value) => {
    const payload = JSON.stringify(value);
    const headers = { "content-type": "application/json" };
    return (await app.inject({ method: "POST", url: "/", headers, payload })).statusCode === 200;
  };
});

describe("docs/ibexa-webhook.md, its schema and the sandbox agree", () => {
  test("every example message is valid by the schema and done by the sandbox", async () => {
    expect(new Set(messages.map((message) => message["updateType"]))).toEqual(new Set(UPDATE_TYPES));
    const sandbox = await sandboxWith();
    await send(sandbox, create("77ab01c4", "Dog owners"));
    const inOrder = [...messages].sort((one, other) => rank(one) - rank(other));
    for (const message of inOrder) {
      expect(await isValid(message), JSON.stringify(message)).toBe(true);
      expect((await send(sandbox, message)).status, JSON.stringify(message)).toBe(200);
    }
  });

  test("every example answer has the form that the page gives it", () => {
    const answers = examples.filter((example) => !("updateType" in example));
    expect(answers.map((answer) => answer["status"])).toEqual([
      "done",
      "queued",
      "refused",
      "refused",
      "done",
    ]);
  });

  test("the page lists every refusal of the sandbox with its status, and no other", () => {
    const rows = [...prose.matchAll(/^\| .* \| (\d{3})\b.* \| `(\w+)` \|$/gm)];
    const listed = Object.fromEntries(rows.map(([, status, code]) => [code ?? "", Number(status)]));
    expect(listed).toEqual(REFUSALS);
  });

  test("schema and sandbox say the same about thousands of spoiled messages", async () => {
    let refused = 0;
    for (const spoiled of messages.flatMap((message) => [message, ...spoil(message)])) {
      const valid = await isValid(spoiled);
      expect(readMessage(spoiled).ok, JSON.stringify(spoiled)?.slice(0, 300)).toBe(valid);
      if (!valid) refused += 1;
    }
    expect(refused).toBeGreaterThan(300);
  });
});

function rank(message: Record<string, unknown>): number {
  const order: readonly unknown[] = ["create", "membershipChanges", "metadata", "heartbeat", "detach"];
  return order.indexOf(message["updateType"]);
}

const BAD_VALUES = [
  null,
  1,
  true,
  false,
  "",
  "x",
  [],
  {},
  ["x"],
  "y".repeat(255),
  "y".repeat(256),
  "😀".repeat(255),
];

/** The message with every part of it, in turn, left out, replaced, or joined by something unknown. */
function spoil(value: unknown): unknown[] {
  if (Array.isArray(value)) {
    return [
      ...BAD_VALUES,
      [...value, null],
      ...value.flatMap((item, index) => spoil(item).map((bad) => value.with(index, bad))),
    ];
  }
  if (typeof value !== "object" || value === null)
    return [...BAD_VALUES, "z".repeat(65_535), "z".repeat(65_536)];
  const entries = Object.entries(value);
  return [
    ...BAD_VALUES,
    { ...value, unknown: 1 },
    ...entries.flatMap(([key, item]) => {
      const without = Object.fromEntries(entries.filter(([name]) => name !== key));
      return [without, ...spoil(item).map((bad) => ({ ...value, [key]: bad }))];
    }),
  ];
}
