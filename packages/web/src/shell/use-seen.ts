import { useState } from "react";

/** A thing as it was when a dialog about it was opened: what others save meanwhile is not what one decided about. */
export function useSeen<Thing>(current: Thing, opened: boolean): Thing {
  const [seen, setSeen] = useState(current);
  const [wasOpened, setWasOpened] = useState(opened);
  if (opened !== wasOpened) {
    setWasOpened(opened);
    if (opened) setSeen(current);
  }
  return seen;
}
