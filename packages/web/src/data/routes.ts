import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { searchedOf } from "../shell/searched.ts";
import { shellRoute } from "../shell/shell-route.ts";
import { dataflowQuery, dataflowsQuery, identifiersQuery, importQuery, schemasQuery } from "./queries.ts";
import { type StepName, stepOf } from "./wizard/steps.ts";

const dataflows = createRoute({
  getParentRoute: () => shellRoute,
  path: "/dataflows",
  validateSearch: searchedOf,
  loader: ({ context: { queries } }) => queries.prefetchQuery(dataflowsQuery),
  component: lazyRouteComponent(() => import("./DataflowList.tsx"), "DataflowList"),
});

const newDataflow = createRoute({
  getParentRoute: () => shellRoute,
  path: "/dataflows/new",
  // `dataflow`: one that is saved as a draft, and gone on with.
  validateSearch: (search): { readonly step?: StepName; readonly dataflow?: string } => {
    const [step, id] = [stepOf(search["step"]), search["dataflow"]];
    return {
      ...(step === undefined ? {} : { step }),
      ...(typeof id === "string" ? { dataflow: id } : {}),
    };
  },
  component: lazyRouteComponent(() => import("./wizard/DataflowWizard.tsx"), "DataflowWizard"),
});

const dataflow = createRoute({
  getParentRoute: () => shellRoute,
  path: "/dataflows/$id",
  validateSearch: (search): { readonly tab?: "mapping" | "stream" | "log" } => {
    const { tab } = search;
    return tab === "mapping" || tab === "stream" || tab === "log" ? { tab } : {};
  },
  loader: ({ context: { queries }, params: { id } }) => queries.prefetchQuery(dataflowQuery(id)),
  component: lazyRouteComponent(() => import("./DataflowPage.tsx"), "DataflowPage"),
});

const mapping = createRoute({
  getParentRoute: () => shellRoute,
  path: "/dataflows/$id/mapping",
  component: lazyRouteComponent(() => import("./mapping/EditMapping.tsx"), "EditMapping"),
});

const imports = createRoute({
  getParentRoute: () => shellRoute,
  path: "/imports",
  validateSearch: (search): { readonly dataflow?: string } =>
    typeof search["dataflow"] === "string" ? { dataflow: search["dataflow"] } : {},
  component: lazyRouteComponent(() => import("./ImportList.tsx"), "ImportList"),
});

const oneImport = createRoute({
  getParentRoute: () => shellRoute,
  path: "/imports/$id",
  params: { parse: ({ id }) => ({ id: Number(id) }), stringify: ({ id }) => ({ id: String(id) }) },
  loader: ({ context: { queries }, params: { id } }) => queries.prefetchQuery(importQuery(id)),
  component: lazyRouteComponent(() => import("./ImportPage.tsx"), "ImportPage"),
});

const schemas = createRoute({
  getParentRoute: () => shellRoute,
  path: "/schemas",
  loader: ({ context: { queries } }) =>
    Promise.all([queries.prefetchQuery(schemasQuery), queries.prefetchQuery(dataflowsQuery)]),
  component: lazyRouteComponent(() => import("./SchemaList.tsx"), "SchemaList"),
});

const schema = createRoute({
  getParentRoute: () => shellRoute,
  path: "/schemas/$id",
  component: lazyRouteComponent(() => import("./SchemaPage.tsx"), "SchemaPage"),
});

const identifiers = createRoute({
  getParentRoute: () => shellRoute,
  path: "/identifiers",
  loader: ({ context: { queries } }) => queries.prefetchQuery(identifiersQuery),
  component: lazyRouteComponent(() => import("./identifier/IdentifierList.tsx"), "IdentifierList"),
});

const identifier = createRoute({
  getParentRoute: () => shellRoute,
  path: "/identifiers/$id",
  component: lazyRouteComponent(() => import("./identifier/IdentifierPage.tsx"), "IdentifierPage"),
});

/** Rows in: dataflows, imports, schemas, and by what people are named. */
export const dataRoutes = [
  dataflows,
  newDataflow,
  dataflow,
  mapping,
  imports,
  oneImport,
  schemas,
  schema,
  identifiers,
  identifier,
] as const;
