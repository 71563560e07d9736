// The arrows of ARCHITECTURE.md. Each rule says why it stands here.
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: "error",
  from: { path: from, pathNot: "\\.test\\.ts$" },
  to: { path: "^packages/", pathNot: [from, ...allowed] },
});

const domains = [
  "ingest",
  "identity",
  "audience",
  "activation",
  "definition",
  "dataflow",
  "takeover",
  "privacy",
];

export default {
  forbidden: [
    {
      name: "no-cycles",
      comment: "A cycle is one module that pretends to be two; nobody can read or test a half of it.",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "no-undeclared",
      comment:
        "What is imported stands in the package's own package.json, or it breaks when it is installed alone.",
      severity: "error",
      from: { path: "^packages/", pathNot: "\\.test\\.ts$" },
      to: {
        dependencyTypes: ["npm-no-pkg", "npm-unknown", "unknown", "undetermined"],
        pathNot: "^packages/",
      },
    },
    only("core-alone", "^packages/core/", [], "core is pure and runs in the browser: it knows nobody."),
    {
      name: "core-without-node",
      comment: "core does no input or output and runs in the browser: none of Node's modules.",
      severity: "error",
      from: { path: "^packages/core/src", pathNot: "\\.test\\.ts$" },
      to: { dependencyTypes: ["core"] },
    },
    only(
      "activation-types-know-core",
      "^packages/activation-types/",
      ["^packages/core/"],
      "A destination is described by values; requests, retries and storage belong to the server.",
    ),
    only("engine-host-alone", "^packages/engine-host/", [], "The engine speaks HTTP; it could be anybody's."),
    only(
      "sandbox-alone",
      "^packages/ibexa-sandbox/",
      [],
      "A stand-in that shared our code would share our mistakes: it is written against the document alone.",
    ),
    only(
      "server-arrows",
      "^packages/server/",
      ["^packages/core/", "^packages/activation-types/", "^packages/engine-host/"],
      "The server reaches the engine by HTTP and its clients not at all.",
    ),
    {
      name: "engine-host-only-to-start",
      comment: "One file starts the child and speaks the messages of its start; all else goes by HTTP.",
      severity: "error",
      from: { path: "^packages/server/", pathNot: "^packages/server/src/engine/child\\.(ts|js|d\\.ts)$" },
      to: { path: "^packages/engine-host/" },
    },
    only(
      "cli-arrows",
      "^packages/cli/",
      ["^packages/core/", "^packages/server/", "^packages/ibexa-sandbox/"],
      "The command line is a client of the API.",
    ),
    {
      name: "cli-server-only-to-serve",
      comment:
        "Every other command goes through the API, so that it works from another machine too; a capture listens itself.",
      severity: "error",
      from: { path: "^packages/cli/src/", pathNot: "^packages/cli/src/(serve|demo/|capture/)" },
      to: { path: "^packages/(server|ibexa-sandbox)/" },
    },
    only(
      "web-arrows",
      "^packages/web/",
      ["^packages/core/"],
      "The pages are a client of the API in a browser: words and rules from core, all else by its document.",
    ),
    {
      name: "web-ground-below",
      comment: "Client and words are what all pages stand on: they know none of them.",
      severity: "error",
      from: { path: "^packages/web/src/(api|words)/", pathNot: "\\.test\\.ts$" },
      to: { path: "^packages/web/src/", pathNot: "^packages/web/src/(api|words)/" },
    },
    {
      name: "web-domains-by-route",
      comment:
        "Each domain's pages are loaded when somebody opens them: the router knows their routes, and nobody else their pages.",
      severity: "error",
      from: { path: "^packages/web/src/(router|main)\\.tsx?$" },
      to: {
        path: "^packages/web/src/(overview|activation|audience|profile|data|administration)/",
        pathNot: "/routes\\.ts$",
      },
    },
    {
      name: "engine-and-store-below",
      comment: "The adapters of the two planes know no domain.",
      severity: "error",
      from: { path: "^packages/server/src/(engine|store)/" },
      to: { path: `^packages/server/src/(http|${domains.join("|")})/` },
    },
    {
      name: "routes-through-services",
      comment:
        "routes → service → repository → engine and store: a route that queries has nobody to check it.",
      severity: "error",
      from: { path: "^packages/server/src/[^/]+/[a-z-]*routes\\.ts$" },
      to: { path: "^packages/server/src/(engine|store)/", dependencyTypesNot: ["type-only"] },
    },
    ...domains.map((domain) => ({
      name: `${domain}-through-its-service`,
      comment: `Other domains meet ${domain} through what its index offers, so that its inside can change.`,
      severity: "error",
      from: {
        path: "^packages/server/src/[^/]+/",
        pathNot: [`^packages/server/src/${domain}/`, "\\.test\\.ts$"],
      },
      to: { path: `^packages/server/src/${domain}/`, pathNot: `^packages/server/src/${domain}/index\\.ts$` },
    })),
    {
      name: "no-tests-in-production",
      comment: "Nothing in production code imports a test.",
      severity: "error",
      from: { path: "^packages/", pathNot: "\\.test\\.ts$" },
      to: { path: ["\\.test\\.ts$", "^test/", "^bench/"] },
    },
  ],
  options: {
    doNotFollow: { path: ["node_modules", "/dist/"] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.base.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "types"] },
  },
};
