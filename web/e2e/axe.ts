import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Person } from "./person";

const AXE_SOURCE = readFileSync(
  createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
  "utf8",
);

export interface Violation {
  id: string;
  impact: string;
  nodes: string[];
}

/** Waits until what comes in with a movement has come in. */
export async function settled({ page }: Person): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready;
    const finite = document
      .getAnimations()
      .filter(
        (motion) => motion.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY,
      );
    await Promise.all(finite.map((motion) => motion.finished.catch(() => null)));
  });
}

/** What keeps some people from using the page as it is now. */
export async function violations({ page }: Person): Promise<Violation[]> {
  // Through the driver, past the page's policy: axe is no part of the product.
  await page.evaluate(AXE_SOURCE);
  return page.evaluate(async () => {
    const axe = (globalThis as unknown as { axe: Axe }).axe;
    const { violations: found } = await axe.run(document);
    return found
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ html }) => html) }));
  });
}

interface Axe {
  run(root: Document): Promise<{
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  }>;
}
