import type { Point } from "../core/camera";
import { placerOf } from "../core/door";
import { cellIndex } from "../core/grid";
import { who } from "../net/classroom";
import { describeAnswer } from "../ui/asked-box";
import type { Asked } from "../ui/model";
import { t } from "../ui/strings";
import { colorName, type Session, visibleColor } from "./session";
import type { View } from "./view";

/** Asks who placed what is on a cell, and shows the answer beside it. */
export async function ask(session: Session, view: View, { x, y }: Point): Promise<void> {
  const { grid, model } = session;
  const index = grid && cellIndex(grid, x, y);
  if (index === null) return;
  const color = visibleColor(session, index);
  const asked: Asked = { x, y, at: view.pageSpot({ x, y }), color, answer: "loading" };
  model.asked.value = asked;
  const answer = await lookUp(session, asked);
  // Meanwhile it may be another one, or none.
  if (model.asked.value !== asked) return;
  model.asked.value = { ...asked, answer };
  const words = describeAnswer(answer, model.lesson.value);
  const spot = t("spot.say", { x, y, color: colorName(session, color) });
  model.spoken.value = `${spot}. ${words.join(". ")}`;
}

async function lookUp(session: Session, { x, y }: Asked): Promise<Asked["answer"]> {
  try {
    const facts = await who(session.id, x, y);
    return { by: placerOf(facts), isProtected: facts.protected, region: facts.region };
  } catch {
    return "failed";
  }
}
