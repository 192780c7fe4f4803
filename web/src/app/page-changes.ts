interface Listeners {
  resized: () => void;
  themed: () => void;
  linked: () => void;
}

/** Hears what changes around the stage: its size, the system's colors, the address. */
export function watchPage(stage: HTMLElement, { resized, themed, linked }: Listeners): () => void {
  const observer = new ResizeObserver(resized);
  observer.observe(stage);
  const listening = new AbortController();
  const { signal } = listening;
  for (const query of ["(prefers-color-scheme: dark)", "(prefers-contrast: more)"]) {
    matchMedia(query).addEventListener("change", themed, { signal });
  }
  addEventListener("hashchange", linked, { signal });
  return () => {
    observer.disconnect();
    listening.abort();
  };
}
