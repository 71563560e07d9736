import { useMediaQuery } from "@mantine/hooks";

/**
 * Whether a page has fewer than some 900 pixels: from 1200 of the window on there are, beside the navigation. Wide
 * tables then put what matters less beneath what matters, instead of scrolling sideways.
 */
export function useIsNarrow(): boolean {
  return useMediaQuery("(max-width: 74.99em)", false, { getInitialValueInEffect: false });
}
