import {
  Badge,
  type CSSVariablesResolver,
  createTheme,
  Menu,
  Modal,
  PasswordInput,
  Stepper,
  Table,
  TableScrollContainer,
} from "@mantine/core";
import { focusableWhileItScrolls } from "./focusable-scroller.ts";

/** How everything looks, in both schemes. */
export const theme = createTheme({
  primaryColor: "teal",
  // Enough contrast for white text on it, in both schemes.
  primaryShade: { light: 9, dark: 9 },
  defaultRadius: "sm",
  cursorType: "pointer",
  components: {
    // A state is a word or two: a narrow column makes room for it, where the library would cut it off.
    Badge: Badge.extend({ styles: { root: { flexShrink: 0 }, label: { overflow: "visible" } } }),
    // What the library puts there for the first focus is no item, and a menu holds nothing else.
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
    // A title holds names that people gave, of up to 200 characters without a space.
    Modal: Modal.extend({
      styles: { title: { overflowWrap: "anywhere", minWidth: 0, lineHeight: 1.35 } },
    }),
    // Numbers stand to the right of their column, and texts to the left of the next one.
    Table: Table.extend({ defaultProps: { horizontalSpacing: "sm" } }),
    // On a wide screen the steps would be far from each other, and from what they are about.
    Stepper: Stepper.extend({ styles: { steps: { maxWidth: 960 } } }),
    // Also a table without a link in it is scrolled by keyboard.
    TableScrollContainer: TableScrollContainer.extend({
      defaultProps: { scrollAreaProps: { type: "auto", viewportRef: focusableWhileItScrolls } },
    }),
    // Not the library's "password visibility": a field is found by its label alone.
    PasswordInput: PasswordInput.extend({
      defaultProps: { visibilityToggleButtonProps: { "aria-label": "Show what is typed" } },
    }),
  },
});

/** The library's own is lighter than the button, too light for the white text on it. */
const HOVER = {
  "--mantine-color-teal-filled-hover": "#066649",
  "--mantine-primary-color-filled-hover": "#066649",
};

/** The library's own colours for secondary texts, and for texts on light grounds, have too little contrast. */
export const contrast: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    ...HOVER,
    "--mantine-color-disabled-color": "#495057",
    "--mantine-color-dimmed": "#495057",
    "--mantine-color-placeholder": "#5c636a",
    "--mantine-color-error": "#c92a2a",
    "--mantine-color-anchor": "#087f5b",
    "--mantine-color-teal-light-color": "#05593f",
    "--mantine-color-blue-light-color": "#0b4f8a",
    "--mantine-color-red-light-color": "#8f1d1d",
    "--mantine-color-orange-light-color": "#7f3300",
    "--mantine-color-gray-light-color": "#343a40",
    "--mantine-color-grape-light-color": "#6a1f7c",
  },
  dark: {
    ...HOVER,
    "--mantine-color-disabled-color": "#ced4da",
    "--mantine-color-dimmed": "#c9c9c9",
    "--mantine-color-placeholder": "#a6a7ab",
    "--mantine-color-error": "#ff8787",
    "--mantine-color-anchor": "#63e6be",
    "--mantine-color-teal-light-color": "#96f2d7",
    "--mantine-color-blue-light-color": "#a5d8ff",
    "--mantine-color-red-light-color": "#ffc9c9",
    "--mantine-color-orange-light-color": "#ffd8a8",
    "--mantine-color-gray-light-color": "#dee2e6",
    "--mantine-color-grape-light-color": "#eebefa",
    // The library's own grounds of notices are dark blots on a dark page.
    "--mantine-color-orange-light": "rgba(255, 146, 43, 0.16)",
    "--mantine-color-red-light": "rgba(255, 107, 107, 0.16)",
    "--mantine-color-blue-light": "rgba(77, 171, 247, 0.16)",
    "--mantine-color-gray-light": "rgba(255, 255, 255, 0.08)",
  },
});
