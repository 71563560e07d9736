import { PERSON_STATES, type PersonState } from "@peregrine/core/activation-words";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { type Searched, searchedOf } from "../shell/searched.ts";
import { shellRoute } from "../shell/shell-route.ts";
import { activationQuery, activationStatusQuery, prefetchActivations } from "./queries.ts";
import { type Tab, tabOf } from "./tabs.ts";
import { type StepName, stepOf } from "./wizard/steps.ts";

const activations = createRoute({
  getParentRoute: () => shellRoute,
  path: "/activations",
  // `leaving`: of an activation that was deleted and whose people are being taken out.
  validateSearch: (search: Record<string, unknown>): Searched & { readonly leaving?: string } => ({
    ...searchedOf(search),
    ...(typeof search["leaving"] === "string" ? { leaving: search["leaving"] } : {}),
  }),
  loader: ({ context: { queries } }) => prefetchActivations(queries),
  component: lazyRouteComponent(() => import("./ActivationList.tsx"), "ActivationList"),
});

const gallery = createRoute({
  getParentRoute: () => shellRoute,
  path: "/activations/new",
  component: lazyRouteComponent(() => import("./ActivationGallery.tsx"), "ActivationGallery"),
});

const wizard = createRoute({
  getParentRoute: () => shellRoute,
  path: "/activations/new/ibexa",
  validateSearch: (search: Record<string, unknown>): { readonly step?: StepName } => {
    const step = stepOf(search["step"]);
    return step === undefined ? {} : { step };
  },
  component: lazyRouteComponent(() => import("./wizard/IbexaWizard.tsx"), "IbexaWizard"),
});

const activation = createRoute({
  getParentRoute: () => shellRoute,
  path: "/activations/$id",
  validateSearch: (search: Record<string, unknown>): { tab?: Tab } => {
    const tab = tabOf(search["tab"]);
    return tab === "audiences" ? {} : { tab };
  },
  loader: ({ context: { queries }, params: { id } }) =>
    Promise.all([
      queries.prefetchQuery(activationQuery(id)),
      queries.prefetchQuery(activationStatusQuery(id)),
    ]),
  component: lazyRouteComponent(() => import("./ActivationPage.tsx"), "ActivationPage"),
});

const people = createRoute({
  getParentRoute: () => shellRoute,
  path: "/activations/$id/people",
  validateSearch: (search: Record<string, unknown>) => ({
    audience: typeof search["audience"] === "string" ? search["audience"] : "",
    state: stateOf(search["state"]),
  }),
  component: lazyRouteComponent(() => import("./PeoplePage.tsx"), "PeoplePage"),
});

function stateOf(value: unknown): PersonState {
  return typeof value === "string" && Object.hasOwn(PERSON_STATES, value)
    ? (value as PersonState)
    : "accepted";
}

/** What is sent where. */
export const activationRoutes = [activations, gallery, wizard, activation, people] as const;
