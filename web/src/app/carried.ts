// What somebody brought along to a canvas: the link's key, or the class code. It outlives the
// address and a reload, but not the tab.

type Kind = "key" | "code";

const KEY = /^#key=([A-Za-z0-9-]{1,64})$/;
const CARD = /^#([A-Za-z0-9 %-]{1,64})$/;

const held = new Map<string, string>();

export function carry(kind: Kind, canvas: string, value: string | null): void {
  const name = `place.${kind}.${canvas}`;
  if (value === null) held.delete(name);
  else held.set(name, value);
  try {
    if (value === null) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, value);
  } catch {
    // Storage is blocked: a reload forgets it.
  }
}

export function carried(kind: Kind, canvas: string): string | null {
  const name = `place.${kind}.${canvas}`;
  try {
    return held.get(name) ?? sessionStorage.getItem(name);
  } catch {
    return held.get(name) ?? null;
  }
}

/** The key of a link as `…#key=…`; null in any other fragment. */
export function keyIn(hash: string): string | null {
  return KEY.exec(hash)?.[1] ?? null;
}

/** The personal code of a card's link, `…/card#…`. */
export function cardIn(hash: string): string | null {
  const text = CARD.exec(hash)?.[1];
  try {
    return text === undefined ? null : decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** Takes a secret out of the address bar: it is not to be seen, nor shared by accident. */
export function hideFragment(): void {
  history.replaceState(history.state, "", location.pathname + location.search);
}
