import { AppShell, Burger, Group, ScrollArea, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useSuspenseQuery } from "@tanstack/react-query";
import { Outlet, useRouterState } from "@tanstack/react-router";
import { sessionQuery } from "../session/queries.ts";
import { ConnectionNotice } from "./ConnectionNotice.tsx";
import { AnchorLink, NavigationLink } from "./links.tsx";
import { isFor, NAVIGATION } from "./navigation.ts";
import { UserMenu } from "./UserMenu.tsx";

/** Navigation, the signed-in user, and the page. */
export function Shell() {
  const [opened, { toggle, close }] = useDisclosure(false);
  const { user } = useSuspenseQuery(sessionQuery).data;
  const path = useRouterState({ select: ({ location }) => location.pathname });
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 250, breakpoint: "md", collapsed: { mobile: !opened } }}
      padding="lg"
    >
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="md"
              size="sm"
              aria-label={opened ? "Close the navigation" : "Open the navigation"}
              aria-expanded={opened}
            />
            <AnchorLink to="/" fw={700} c="inherit" underline="never">
              Peregrine
            </AnchorLink>
          </Group>
          <UserMenu />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" component="nav" aria-label="Pages">
        <ScrollArea>
          {NAVIGATION.map(({ title, pages }) => (
            <section key={title} aria-label={title}>
              <Text size="xs" fw={600} c="var(--mantine-color-text)" opacity={0.75} px="sm" pt="md" pb={4}>
                {title}
              </Text>
              {pages
                .filter((page) => isFor(page, user?.role))
                .map(({ label, to }) => (
                  <NavigationLink
                    key={to}
                    to={to}
                    label={label}
                    active={path === to || (to !== "/" && path.startsWith(`${to}/`))}
                    aria-current={path === to ? "page" : undefined}
                    onClick={close}
                  />
                ))}
            </section>
          ))}
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main>
        <ConnectionNotice />
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}
