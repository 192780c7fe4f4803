import type { Theme } from "../ui/model";
import { THEMES } from "../ui/model";

/** What the browser remembers. public/theme.js reads the theme before the first paint. */
type Key = "theme" | "nickname" | "color" | "grid";

/** Storage may be blocked; then nothing is remembered, and all else works. */
export function remembered(key: Key): string | null {
  try {
    return localStorage.getItem(`place.${key}`);
  } catch {
    return null;
  }
}

export function remember(key: Key, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`place.${key}`);
    else localStorage.setItem(`place.${key}`, value);
  } catch {
    // Blocked or full.
  }
}

export function rememberedTheme(): Theme {
  const theme = remembered("theme");
  return THEMES.find((known) => known === theme) ?? "system";
}

export function applyTheme(theme: Theme): void {
  const { dataset } = document.documentElement;
  if (theme === "system") delete dataset.theme;
  else dataset.theme = theme;
  remember("theme", theme === "system" ? null : theme);
}
