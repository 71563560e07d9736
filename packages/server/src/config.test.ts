import { readFileSync } from "node:fs";
import { PeregrineError } from "@peregrine/core";
import { describe, expect, test } from "vitest";
import { readConfig, VARIABLES } from "./config.ts";

function faultsOf(environment: Record<string, string>): readonly { path: string; message: string }[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof PeregrineError && error.code === "configurationInvalid") return error.faults;
    throw error;
  }
  throw new Error("the configuration was taken");
}

describe("the configuration", () => {
  test("needs nothing", () => {
    expect(readConfig({})).toMatchObject({
      folder: `${process.cwd()}/.peregrine`,
      host: "127.0.0.1",
      port: 7373,
      databaseUrl: undefined,
      clickhouse: undefined,
      secretKey: undefined,
      timeZone: "UTC",
      logLevel: "info",
      roles: ["web", "ingest", "worker"],
    });
  });

  test("takes what is set, and an empty variable as one that is not", () => {
    const config = readConfig({
      PEREGRINE_DATA: "/srv/peregrine",
      PEREGRINE_HOST: "::",
      PEREGRINE_PORT: "0",
      DATABASE_URL: "postgres://peregrine@db/control",
      CLICKHOUSE_URL: "https://clickhouse:8443",
      CLICKHOUSE_PASSWORD: "p",
      PEREGRINE_SECRET_KEY: Buffer.alloc(32, 7).toString("base64"),
      PEREGRINE_TIME_ZONE: "Europe/Berlin",
      PEREGRINE_ENGINE_MEMORY: "512MiB",
      PEREGRINE_ROLES: "worker, web",
      PEREGRINE_ACCOUNT_ID: "",
      SOMETHING_ELSE: "1",
    });
    expect(config).toEqual({
      folder: "/srv/peregrine",
      host: "::",
      port: 0,
      databaseUrl: "postgres://peregrine@db/control",
      clickhouse: {
        url: "https://clickhouse:8443",
        user: "default",
        password: "p",
        database: "peregrine",
      },
      secretKey: Buffer.alloc(32, 7),
      setupCode: undefined,
      accountId: undefined,
      streamBodyBytes: 16 * 1024 ** 2,
      streamWaitingBytes: 1024 ** 3,
      refuseDeletedForMs: 365 * 24 * 3_600_000,
      timeZone: "Europe/Berlin",
      logLevel: "info",
      engineMemoryBytes: 512 * 1024 * 1024,
      roles: ["web", "worker"],
    });
  });

  test("names every fault at once, and never what a variable held", () => {
    const wrong = {
      PEREGRINE_HOST: "no host",
      PEREGRINE_PORT: "70000",
      DATABASE_URL: "mysql://secret-of-mine",
      CLICKHOUSE_URL: "secret-of-mine",
      CLICKHOUSE_DATABASE: "drop table",
      PEREGRINE_SECRET_KEY: "secret-of-mine",
      PEREGRINE_SETUP_CODE: "short",
      PEREGRINE_ACCOUNT_ID: "a b",
      PEREGRINE_TIME_ZONE: "Mars/Olympus",
      PEREGRINE_LOG_LEVEL: "loud",
      PEREGRINE_ENGINE_MEMORY: "lots",
      PEREGRINE_ROLES: "web,cook",
    };
    const faults = faultsOf(wrong);
    expect(faults.map(({ path }) => path).sort()).toEqual(Object.keys(wrong).sort());
    expect(JSON.stringify(faults)).not.toContain("secret-of-mine");
    expect(faults.find(({ path }) => path === "PEREGRINE_PORT")?.message).toBe("is not between 0 and 65535");
  });

  test.each(["", "0x10", "-1", "80.5", "1e3"])("takes no port %j but a whole number", (port) => {
    if (port === "") expect(readConfig({ PEREGRINE_PORT: port }).port).toBe(7373);
    else expect(faultsOf({ PEREGRINE_PORT: port })).toHaveLength(1);
  });

  test("has every variable with its meaning in docs/configuration.md", () => {
    const page = readFileSync(new URL("../../../docs/configuration.md", import.meta.url), "utf8");
    const rows = page.split("\n").filter((line) => /^\| `[A-Z_]+`/.test(line));
    for (const [name, variable] of Object.entries(VARIABLES.shape)) {
      const row = rows.find((line) => line.startsWith(`| \`${name}\` |`));
      expect(row, `${name} has no row`).toBeDefined();
      expect(row).toContain(variable.description);
    }
    expect(rows).toHaveLength(Object.keys(VARIABLES.shape).length);
  });
});
