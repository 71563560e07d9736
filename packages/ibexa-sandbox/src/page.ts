import { createHash } from "node:crypto";
import type { ActivationConfig } from "./config.ts";
import { valuesToType } from "./example.ts";
import type { FaultSpec } from "./fault.ts";
import { STYLE } from "./page-style.ts";
import type { RequestRecord } from "./request-log.ts";
import type { SegmentView } from "./segment.ts";
import type { State } from "./state.ts";

export interface PageContent {
  state: State;
  activations: readonly ActivationConfig[];
  /** The Base URL for an activation. */
  webhookUrl: string;
  /** Some people of each segment. */
  samples: ReadonlyMap<string, string[]>;
  /** Newest first. */
  requests: RequestRecord[];
  /** The person who was looked up. */
  found: { personId: string; isUser: boolean; segments: string[] } | undefined;
  /** The page loads itself again after so many seconds; 0: never. */
  seconds: number;
}

const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

/** Nothing but the page's own style and its one form is allowed, whatever a name or a description may hold. */
export function pageHeaders(seconds: number): Record<string, string> {
  return {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": [
      "default-src 'none'",
      `style-src 'sha256-${STYLE_HASH}'`,
      "img-src data:",
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join("; "),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    ...(seconds > 0 && { refresh: String(seconds) }),
  };
}

/** The sandbox on one page: what an editor would see in Ibexa, and what the webhook was told. */
export function pageOf(content: PageContent): string {
  const { state, requests, seconds } = content;
  const segments = state.groups.flatMap((group) => group.segments);
  const places = segments.reduce((sum, segment) => sum + segment.size, 0);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Ibexa sandbox</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<main>
<header>
<div><h1>Ibexa sandbox</h1><p>Stands in for Ibexa DXP: what the webhook made of its messages.</p></div>
<p>${seconds > 0 ? '<a href="/">Stop refreshing</a>' : '<a href="/?refresh=5">Refresh every 5 seconds</a>'}</p>
</header>
<dl class="facts">
${fact("Segments", segments.length)}
${fact("People in segments", places)}
${fact("Requests", state.requests.requests)}
${fact(state.queue.state === "paused" ? "Waiting, queue paused" : "Waiting in the queue", state.queue.length)}
</dl>
${faultsOf(state)}
<h2>For an activation <small>type these into its four fields</small></h2>
${content.activations.map((activation) => activationOf(activation, content.webhookUrl)).join("\n")}
${state.groups.map((group) => groupOf(group, content.samples)).join("\n")}
<h2 id="person">One person</h2>
${personOf(content)}
<h2>Latest requests <small>newest first · <a href="/requests">as JSON</a></small></h2>
${requestsOf(requests)}
</main>
</body>
</html>
`;
}

function fact(label: string, value: number): string {
  return `<div><dt>${label}</dt><dd>${count(value)}</dd></div>`;
}

function faultsOf({ faults }: State): string {
  const active = faults.filter((fault) => fault.active);
  if (active.length === 0) return "";
  const items = active.map(({ number, spec, hits }) => {
    const left = spec.times === undefined ? "" : ` of ${count(spec.times)}`;
    return `<li>${html(describeFault(spec))} <span class="faint">no. ${number}, hit ${count(hits)}${left}</span></li>`;
  });
  return `<section class="warn" role="status"><strong>Faults are switched on</strong><ul>${items.join("")}</ul></section>`;
}

/** A fault in words. */
function describeFault(spec: FaultSpec): string {
  return [whatOf(spec), ...scopeOf(spec)].join(", ");
}

function whatOf(spec: FaultSpec): string {
  switch (spec.kind) {
    case "latency":
      return spec.toMs === undefined ? `${spec.ms} ms late` : `${spec.ms} to ${spec.toMs} ms late`;
    case "hang":
      return `never answered, ${spec.at ?? "before"} the work`;
    case "status":
      return `answered ${spec.status}, ${spec.at ?? "before"} the work`;
    case "loginPage":
      return `answered with a login page, ${spec.at ?? "before"} the work`;
    case "text":
      return `answered with a bare text, ${spec.at ?? "before"} the work`;
    case "redirect":
      return `redirected to ${spec.location}`;
    case "reset":
      return `connection reset, ${spec.at ?? "before"} the work`;
    case "cut":
      return `answer cut off, ${spec.at ?? "after"} the work`;
    case "refusePeople": {
      const company = { any: "", alone: " when alone", together: " when among others" }[
        spec.company ?? "any"
      ];
      return `refused${company}: ${spec.people.slice(0, 10).join(", ")}${spec.people.length > 10 ? " …" : ""}`;
    }
  }
}

function scopeOf({ match = {}, probability, skip }: FaultSpec): string[] {
  const { action, audience, person, minChanges } = match;
  const parts: string[] = [];
  if (action !== undefined) parts.push(`on ${[action].flat().join(" or ")}`);
  if (audience !== undefined) parts.push(`about ${audience}`);
  if (person !== undefined) parts.push(`naming ${person}`);
  if (minChanges !== undefined) parts.push(`from ${count(minChanges)} changes on`);
  if (skip !== undefined) parts.push(`after the first ${count(skip)}`);
  if (probability !== undefined) parts.push(`in ${Math.round(probability * 1000) / 10} % of the cases`);
  return parts;
}

function activationOf(activation: ActivationConfig, webhookUrl: string): string {
  const rows = valuesToType(activation, webhookUrl).map(
    ([label, value]) => `<tr><th scope="row">${html(label)}</th><td><code>${html(value)}</code></td></tr>`,
  );
  return `<div class="card"><table><tbody>${rows.join("\n")}</tbody></table></div>`;
}

function groupOf(group: State["groups"][number], samples: ReadonlyMap<string, string[]>): string {
  const title = `<h2>${html(group.name)} <small>segment group <code>${html(group.identifier)}</code></small></h2>`;
  if (group.segments.length === 0) {
    return `${title}<div class="card"><p>No segments yet. The first one appears when a CDP sends <code>create</code>.</p></div>`;
  }
  const rows = group.segments.map((segment) => segmentRow(segment, samples.get(segment.identifier) ?? []));
  return `${title}<div class="card"><table>
<thead><tr><th>Name</th><th>Identifier</th><th class="number">Size</th><th>Description</th><th>Last updated</th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table></div>`;
}

function segmentRow(segment: SegmentView, sample: string[]): string {
  const { properties } = segment;
  const told = properties["size"];
  const differs = told !== undefined && told !== String(segment.size);
  const tags = tagsOf(properties["tags"]).map((tag) => `<span class="chip">${html(tag)}</span>`);
  return `<tr>
<td>${html(segment.name)}${peopleOf(segment, sample)}</td>
<td><code>${html(segment.identifier)}</code></td>
<td class="number">${count(segment.size)}${differs ? `<p class="faint">the CDP says ${html(told)}</p>` : ""}</td>
<td>${html(properties["description"] ?? "")}${tags.length > 0 ? `<p>${tags.join("")}</p>` : ""}</td>
<td class="time">${time(segment.updatedAt)}</td>
</tr>`;
}

function peopleOf(segment: SegmentView, sample: string[]): string {
  if (sample.length === 0) return `<p class="faint">nobody</p>`;
  const chips = sample.map((person) => `<span class="chip">${html(person)}</span>`).join("");
  const address = `/segments/${encodeURIComponent(segment.identifier)}/people`;
  const all =
    segment.size > sample.length ? `… <a href="${html(address)}">all ${count(segment.size)}</a>` : "";
  return `<details><summary>People</summary><p>${chips}${all}</p></details>`;
}

function personOf({ found, state }: PageContent): string {
  const value = found === undefined ? "" : ` value="${html(found.personId)}"`;
  const form = `<form action="/#person"><label for="id">User id</label> <input id="id" name="person"${value}> <button>Show segments</button></form>`;
  if (found === undefined) return form;
  const names = new Map(
    state.groups.flatMap((group) => group.segments.map((segment) => [segment.identifier, segment.name])),
  );
  const segments = found.segments.map((id) => `<span class="chip">${html(names.get(id) ?? id)}</span>`);
  const who = `<strong>${html(found.personId)}</strong>`;
  const answer = !found.isUser
    ? `${who} is no user here.`
    : segments.length === 0
      ? `${who} is in no segment.`
      : `${who} is in ${segments.join("")}`;
  return `${form}<p>${answer}</p>`;
}

function requestsOf(requests: RequestRecord[]): string {
  if (requests.length === 0) {
    return `<div class="card"><p>No request has arrived at <code>/cdp/webhook</code> yet.</p></div>`;
  }
  const rows = requests.map(
    (record) => `<tr>
<td class="number">${count(record.number)}</td>
<td class="time">${time(record.at)}</td>
<td>${html(record.action ?? "unreadable")}${record.audiences.length > 0 ? `<p class="faint">${record.audiences.map((id) => `<code>${html(id)}</code>`).join(", ")}</p>` : ""}</td>
<td class="number">${record.changes > 0 ? count(record.changes) : ""}</td>
<td>${answerOf(record)}</td>
<td>${workOf(record)}</td>
</tr>`,
  );
  return `<div class="card"><table>
<thead><tr><th class="number">No.</th><th>Time</th><th>Message</th><th class="number">Changes</th><th>Answer</th><th>What was done</th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table></div>`;
}

function answerOf({ status, end, faults }: RequestRecord): string {
  const names = {
    open: "under way",
    answered: "",
    hanging: "left hanging",
    reset: "reset",
    cut: "cut off",
    gone: "client left",
  };
  const text = status === null ? names[end] : String(status);
  const tone =
    status === null || (status < 300 && faults.length > 0) ? "middle" : status < 300 ? "good" : "bad";
  const by = faults.length > 0 ? `<p class="faint">fault ${faults.join(", ")}</p>` : "";
  return `<span class="${tone}">${text}</span>${by}`;
}

function workOf({ work, reason }: RequestRecord): string {
  const names = { none: "nothing", done: "done", queued: "put into the queue", refused: "refused" };
  const tone = { none: "middle", done: "good", queued: "middle", refused: "bad" }[work];
  return `<span class="${tone}">${names[work]}</span>${reason === null ? "" : `<p class="faint">${html(reason)}</p>`}`;
}

function tagsOf(text: string | undefined): string[] {
  if (text === undefined || text === "") return [];
  try {
    const tags: unknown = JSON.parse(text);
    if (Array.isArray(tags)) return tags.map(String);
  } catch {
    // A sender may write tags in a way of its own: then they are shown as they came.
  }
  return [text];
}

function count(value: number): string {
  return value.toLocaleString("en");
}

function time(iso: string): string {
  return `<time datetime="${iso}">${iso.slice(0, 19).replace("T", " ")} UTC</time>`;
}

function html(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
