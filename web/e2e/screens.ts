import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { settled, violations } from "./axe";
import type { Person } from "./person";

const SHOTS = fileURLToPath(new URL("shots", import.meta.url));

interface Screen {
  name: string;
  /** Whether it differs from the others in what axe looks at. */
  isChecked?: boolean;
  width: number;
  height: number;
  media?: Media;
}

interface Media {
  colorScheme?: "light" | "dark";
  forcedColors?: "active" | "none";
  contrast?: "more" | "no-preference";
  reducedMotion?: "reduce" | "no-preference";
}

const USUAL: Required<Media> = {
  ...{ colorScheme: "light", forcedColors: "none" },
  ...{ contrast: "no-preference", reducedMotion: "no-preference" },
};

const CHROMEBOOK = { width: 1366, height: 768 };
const PHONE = { width: 390, height: 844 };

/** Where a state must be whole: sizes in CSS pixels, and what the system is set to. */
const SCREENS: readonly Screen[] = [
  { name: "phone", ...PHONE },
  {
    name: "phone-dark",
    isChecked: true,
    ...PHONE,
    media: { colorScheme: "dark", reducedMotion: "reduce" },
  },
  { name: "phone-aside", width: 844, height: 390 },
  { name: "narrow", width: 320, height: 568 },
  // A Chromebook's page at 200 %.
  { name: "zoomed", width: 683, height: 384 },
  { name: "forced", ...CHROMEBOOK, media: { forcedColors: "active", colorScheme: "dark" } },
  { name: "contrast", ...CHROMEBOOK, media: { contrast: "more" } },
  { name: "chromebook", isChecked: true, ...CHROMEBOOK },
];

/** Looks at the page as it is now on every screen: nothing cut off, covered or out of reach. */
export async function onEveryScreen(person: Person, name: string): Promise<void> {
  const { page } = person;
  mkdirSync(SHOTS, { recursive: true });
  for (const { name: screen, isChecked, width, height, media } of SCREENS) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ ...USUAL, ...media });
    await settled(person);
    await page.screenshot({ path: `${SHOTS}/${name}-${screen}.png` });
    expect(await page.evaluate(outOfReach), `${name}, ${screen}`).toEqual([]);
    if (isChecked) expect(await violations(person), `${name}, ${screen}`).toEqual([]);
  }
}

/** Runs in the page: controls that are beside it, or under something else. */
function outOfReach(): string[] {
  const found: string[] = [];
  if (document.documentElement.scrollWidth > innerWidth) found.push("the page scrolls sideways");
  const scrolls = (element: Element): boolean =>
    (element === document.documentElement ||
      /auto|scroll/.test(getComputedStyle(element).overflowY)) &&
    element.scrollHeight > element.clientHeight;
  const canScroll = (element: Element | null): boolean =>
    element !== null && (scrolls(element) || canScroll(element.parentElement));
  const modal = document.querySelector("dialog:modal");
  for (const control of (modal ?? document).querySelectorAll("button, a[href], input, label")) {
    if (control.closest("[inert], .visually-hidden")) continue;
    if (!control.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const { left, top, width, height } = control.getBoundingClientRect();
    if (width < 2 || height < 2 || canScroll(control)) continue;
    const words = control.textContent?.trim() || control.getAttribute("aria-label");
    const hit = document.elementFromPoint(left + width / 2, top + height / 2);
    const label = control.closest("label") ?? control;
    if (!hit || !(label.contains(hit) || hit.contains(control))) {
      found.push(`${words}: ${hit ? `under .${hit.className}` : "beside the page"}`);
    } else if (left < 0 || left + width > innerWidth + 0.5) {
      found.push(`${words}: beside the page`);
    }
  }
  return found;
}
