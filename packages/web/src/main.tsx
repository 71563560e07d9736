import "@mantine/core/styles.css";
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { isAskedAgain, pauseBefore } from "./api/patience.ts";
import { createAppRouter } from "./router.ts";
import { contrast, theme } from "./shell/theme.ts";

const queries = new QueryClient({
  defaultOptions: {
    // A browser that takes itself for offline asks all the same, and the page says that nobody answers.
    mutations: { networkMode: "always" },
    queries: {
      networkMode: "always",
      retry: isAskedAgain,
      retryDelay: pauseBefore,
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
