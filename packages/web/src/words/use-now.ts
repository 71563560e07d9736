import { useEffect, useState } from "react";

/** How often what is said of the time is said again. */
export const TICK_MS = 5_000;

/** The present instant in ms UTC, told again every few seconds. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
