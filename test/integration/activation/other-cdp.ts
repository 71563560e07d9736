import type { WireConfig } from "@peregrine/ibexa-sandbox";

interface Told {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly group: string;
  /** Where it was told that the webhook is, and the address that gives out tokens. */
  readonly baseUrl: string;
  readonly tokenUrl: string | undefined;
}

type Action = keyof NonNullable<WireConfig["updateTypes"]>;

/**
 * A CDP of another make, which speaks what a receiver wants. It shares no code with the sender that is tested, so that
 * both can't be wrong in the same way.
 */
export class OtherCdp {
  readonly #wire: WireConfig;
  readonly #told: Told;
  #token: string | undefined;

  constructor(wire: WireConfig, told: Told) {
    this.#wire = wire;
    this.#told = told;
  }

  heartbeat(): Promise<number> {
    return this.#say("heartbeat", {});
  }

  create(audienceId: string, audienceName: string): Promise<number> {
    return this.#say("create", { audienceId, audienceName });
  }

  members(audienceId: string, people: readonly string[], membership: boolean): Promise<number> {
    const { personIdType } = this.#wire;
    const changes = people.map((personId) => ({
      audienceId,
      personId,
      membership,
      ...(personIdType === undefined ? {} : { personIdType }),
    }));
    return this.#say("membershipChanges", { changes });
  }

  metadata(key: string, propertyName: string, value: string): Promise<number> {
    return this.#say("metadata", { changes: [{ key, propertyName, value }] });
  }

  detach(audienceId: string): Promise<number> {
    return this.#say("detach", { audienceId });
  }

  async #say(action: Action, data: object): Promise<number> {
    const { clientId, clientSecret, group, baseUrl } = this.#told;
    const { credentials = { in: "headers" }, segmentGroup = { in: "body" } } = this.#wire;
    const headers = new Headers({ "Content-Type": this.#wire.contentType ?? "application/json" });
    const body: Record<string, unknown> = {
      updateType: this.#wire.updateTypes?.[action] ?? action,
      data,
    };
    if (segmentGroup.in === "body") body["segmentGroupIdentifier"] = group;
    else headers.set(segmentGroup.name, Buffer.from(group, "utf8").toString("latin1"));
    const spelt = this.#spell(body) as Record<string, unknown>;
    switch (credentials.in) {
      case "headers":
        headers.set(credentials.idName ?? "X-CLIENT-ID", clientId);
        headers.set(credentials.secretName ?? "X-CLIENT-SECRET", clientSecret);
        break;
      case "basic":
        headers.set("Authorization", `Basic ${btoa(`${clientId}:${clientSecret}`)}`);
        break;
      case "oauth":
        headers.set("Authorization", `Bearer ${await this.#bearer()}`);
        break;
      case "body":
        spelt[credentials.idName] = clientId;
        spelt[credentials.secretName] = clientSecret;
        break;
    }
    const answer = await fetch(baseUrl + (this.#wire.paths?.[action] ?? ""), {
      method: this.#wire.method ?? "POST",
      headers,
      body: JSON.stringify(spelt),
    });
    await answer.arrayBuffer();
    return answer.status;
  }

  async #bearer(): Promise<string> {
    const { clientId, clientSecret, tokenUrl = "" } = this.#told;
    if (this.#token !== undefined) return this.#token;
    const answer = await fetch(tokenUrl, {
      method: "POST",
      headers: { Authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
      body: new URLSearchParams({ grant_type: "client_credentials" }),
    });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    this.#token = token;
    return token;
  }

  #spell(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#spell(item));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [this.#key(key), this.#spell(inner)]),
    );
  }

  #key(key: string): string {
    const words = key.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
    if (this.#wire.keySpelling === "snake_case") return words.join("_");
    const capital = (word: string) => word.slice(0, 1).toUpperCase() + word.slice(1);
    if (this.#wire.keySpelling === "PascalCase") return words.map(capital).join("");
    return key;
  }
}
