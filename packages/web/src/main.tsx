import "@mantine/core/styles.css";
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiProblem } from "./api/client.ts";
import { createAppRouter } from "./router.ts";
import { contrast, theme } from "./shell/theme.ts";

const queries = new QueryClient({
  defaultOptions: {
    // A browser that takes itself for offline asks all the same, and the page says that nobody answers.
    mutations: { networkMode: "always" },
    queries: {
      networkMode: "always",
      // What the API refused stays refused; a broken connection heals.
      retry: (count, error) => !(error instanceof ApiProblem) && count < 20,
      retryDelay: (attempt) => Math.min(1_000 * 2 ** attempt, 10_000),
      staleTime: 2_000,
    },
  },
});

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={contrast} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <RouterProvider router={createAppRouter(queries)} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
