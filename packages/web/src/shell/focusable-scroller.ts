/**
 * A ref for what scrolls sideways: it is reached by keyboard as long as it holds more than it shows. Else it would be
 * one more stop on the way, at which nothing can be done.
 */
export function focusableWhileItScrolls(scroller: HTMLElement | null): (() => void) | undefined {
  if (scroller === null) return undefined;
  const look = () => {
    if (scroller.scrollWidth > scroller.clientWidth) scroller.tabIndex = 0;
    else scroller.removeAttribute("tabindex");
  };
  const sizes = new ResizeObserver(look);
  for (const element of [scroller, ...scroller.querySelectorAll("table")]) sizes.observe(element);
  return () => sizes.disconnect();
}
