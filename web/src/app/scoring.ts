import { scores } from "../net/classroom";
import { after } from "./lesson";
import type { Session } from "./session";

/** How often the scores are asked for again while they are shown. */
const SCORES_REFRESH_MS = 10_000;

/** Whose next attempt is planned already. */
const asking = new WeakSet<Session>();

/** Asks for the scores, and again while they are looked at. */
export async function askScores(session: Session): Promise<void> {
  const { model } = session;
  if (asking.has(session) || !model.lesson.value?.scores || model.side.value !== "people") return;
  asking.add(session);
  try {
    model.scores.value = await scores(session.id);
  } catch {
    // What was told before stays; the next attempt follows.
  }
  after(session, SCORES_REFRESH_MS, () => {
    asking.delete(session);
    askScores(session);
  });
}
