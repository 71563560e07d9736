import {
  Anchor,
  type AnchorProps,
  Button,
  type ButtonProps,
  NavLink,
  type NavLinkProps,
} from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { ComponentPropsWithRef } from "react";

// Links of the component library that know the addresses of our pages.

type Base<Props> = Omit<ComponentPropsWithRef<"a">, keyof Props> & Props;

/** A link in a text. */
export const AnchorLink = createLink((props: Base<AnchorProps>) => <Anchor {...props} />);

/** A link that looks like a button. */
export const ButtonLink = createLink((props: Base<ButtonProps>) => <Button component="a" {...props} />);

/** A link of the navigation. */
export const NavigationLink = createLink((props: Base<NavLinkProps>) => <NavLink {...props} />);
