import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../shell/shell-route.ts";

const activations = createRoute({
  getParentRoute: () => shellRoute,
  path: "/activations",
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
  component: lazyRouteComponent(() => import("./wizard/IbexaWizard.tsx"), "IbexaWizard"),
});

const activation = createRoute({
  getParentRoute: () => shellRoute,
  path: "/activations/$id",
  component: lazyRouteComponent(() => import("./ActivationPage.tsx"), "ActivationPage"),
});

/** What is sent where. */
export const activationRoutes = [activations, gallery, wizard, activation] as const;
