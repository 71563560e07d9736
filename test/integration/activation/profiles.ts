import { readFileSync } from "node:fs";
import type { WireConfig } from "@peregrine/ibexa-sandbox";

const example = (name: string): WireConfig => {
  const url = new URL(`../../../examples/sandbox/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, "utf8")).wire;
};

interface Profile {
  readonly name: string;
  /** What the receiver wants. */
  readonly wire: WireConfig;
  /** The same as settings of the sender. @param url of the receiver, for its tokens */
  readonly advanced: (url: string) => Record<string, unknown>;
}

/** The three profiles of docs/ibexa-webhook.md §6. */
export const PROFILES: readonly Profile[] = [
  { name: "default", wire: {}, advanced: () => ({}) },
  {
    name: "Pascal",
    wire: example("pascal"),
    advanced: () => ({
      method: "PUT",
      credentials: { in: "basic" },
      keySpelling: "PascalCase",
      segmentGroup: { in: "header", name: "X-Segment-Group" },
      paths: {
        create: "/segments",
        membershipChanges: "/members",
        metadata: "/metadata",
        detach: "/detached",
        heartbeat: "/alive",
      },
    }),
  },
  {
    name: "snake",
    wire: example("snake"),
    advanced: (url) => ({
      credentials: { in: "oauth", tokenUrl: `${url}/oauth/token` },
      keySpelling: "snake_case",
      updateTypes: {
        create: "audience_created",
        membershipChanges: "membership_changed",
        metadata: "audience_described",
        detach: "audience_detached",
        heartbeat: "ping",
      },
      personIdType: "user-id",
      success: { field: "/status", equals: ["done", "queued"] },
    }),
  },
];
