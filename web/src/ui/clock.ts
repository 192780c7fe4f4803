import { useEffect, useState } from "preact/hooks";

/** Seconds are shown, so that a fifth of one is soon enough. */
const TICK_MS = 200;

/** Renders anew while `running`, for what counts down. Gives the time by `now`. */
export function useNow(running: boolean, now: () => number): number {
  const [, tick] = useState(0);
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => tick((n) => n + 1), TICK_MS);
    return () => clearInterval(timer);
  }, [running]);
  return now();
}
