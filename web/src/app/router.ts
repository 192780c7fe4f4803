import { type Signal, signal } from "@preact/signals";
import { type Place, placeOf } from "./places";

const basePath = () => new URL(document.baseURI).pathname;

/** Where we are. Links to our own pages change it without loading the page anew. */
export const place: Signal<Place> = signal(placeOf(location.pathname, basePath()));

export function go(href: string, options: { replace?: boolean } = {}): void {
  const url = new URL(href, document.baseURI);
  if (options.replace) history.replaceState(null, "", url);
  else history.pushState(null, "", url);
  arrive();
}

export function startRouter(): void {
  addEventListener("popstate", arrive);
  document.addEventListener("click", followOwnLink);
}

function arrive(): void {
  const next = placeOf(location.pathname, basePath());
  // A spot link on the same page changes only the hash: the page itself reads that.
  if (JSON.stringify(next) === JSON.stringify(place.value)) return;
  place.value = next;
  scrollTo(0, 0);
}

function followOwnLink(event: MouseEvent): void {
  const link = (event.target as Element | null)?.closest("a");
  if (!link || event.defaultPrevented || event.button !== 0) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
  if (placeOf(link.pathname, basePath()).page === "nowhere") return;
  event.preventDefault();
  go(link.href);
}
