import { describe, expect, it } from "vitest";
import { masked } from "./masked.ts";

describe("a text to copy", () => {
  it("doesn't show the secret, however it is quoted", () => {
    const text = `CDP_ACTIVATION_CLIENT_ID=shop\nCDP_ACTIVATION_CLIENT_SECRET='pa\\$$word'`;
    expect(masked(text, "pa$word")).toBe(
      "CDP_ACTIVATION_CLIENT_ID=shop\nCDP_ACTIVATION_CLIENT_SECRET=••••••••",
    );
    expect(masked("client_secret: s3cret", "s3cret")).toBe("client_secret: ••••••••");
  });

  it("stays as it is while nothing is typed, and where no secret stands", () => {
    expect(masked("CDP_ACTIVATION_CLIENT_SECRET=<Client Secret>", "")).toContain("<Client Secret>");
    expect(masked("bulk_async_threshold: 100", "s3cret")).toBe("bulk_async_threshold: 100");
  });
});
