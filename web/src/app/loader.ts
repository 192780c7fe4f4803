import { useEffect, useState } from "preact/hooks";
import type { Loadable } from "../ui/model";

/** How often a page that lists things asks again: live enough, and light for the server. */
const REFRESH_MS = 5_000;

/**
 * Loads, and loads again every few seconds while the page is looked at. What was
 * loaded once stays when a later attempt fails.
 */
export function useLoaded<T>(load: () => Promise<T>, refresh: boolean): [Loadable<T>, () => void] {
  const [loaded, setLoaded] = useState<Loadable<T>>({ state: "loading" });
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    let left = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const again = (failed: boolean) => {
      if (!left && (refresh || failed)) timer = setTimeout(run, REFRESH_MS);
    };
    const run = async () => {
      if (document.hidden) return again(false);
      try {
        const value = await load();
        if (!left) setLoaded({ state: "ready", value });
        again(false);
      } catch {
        if (!left) setLoaded((before) => (before.state === "ready" ? before : { state: "failed" }));
        again(true);
      }
    };
    run();
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [attempt]);

  return [loaded, () => setAttempt((count) => count + 1)];
}
