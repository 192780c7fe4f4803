import type { Preview, Seat, Seqs } from "../../core/desk";
import * as api from "../../net/desk";
import { t } from "../../ui/teach/words";
import type { LessonParts } from "./lesson";
import { attempt, sayError } from "./said";

/** What something is about: the next word about it takes the place of the last one. */
export type Topic = string;

type Work = () => Promise<unknown>;

/** How things are done: at once, told, and with the way back at hand. */
export interface Doing {
  readonly id: string;
  readonly lesson: LessonParts;
  say(text: string, undo?: () => unknown, topic?: Topic): void;
  /** Does it; what went wrong is told, and the answer is null. */
  run<T>(work: () => Promise<T>): Promise<{ value: T } | null>;
  /** Does it, says `text`, and offers to do `back`. */
  deed(text: string, work: Work, back?: Work, topic?: Topic): Promise<void>;
  /** The same for what is in the journal: taking it back is reverting its seqs. */
  decree(text: string, work: () => Promise<Seqs>): Promise<void>;
  /** Tries it; what went wrong is the answer, for a form to say. */
  tried(work: Work): Promise<string | null>;
  showGhost(ask: () => Promise<Preview>): Promise<string | null>;
  seatOf(number: number): Seat | undefined;
  nameOf(number: number): string;
  /** By the server's clock: those of laptops differ. */
  nowMs(): number;
}

export function createDoing(lesson: LessonParts): Doing {
  const { id, model, sayings } = lesson;
  const doing: Doing = {
    id,
    lesson,
    say: (text, undo, topic) =>
      sayings.say(text, { ...(undo && { undo }), ...(topic !== undefined && { topic }) }),
    async run(work) {
      try {
        return { value: await work() };
      } catch (error) {
        sayings.say(sayError(error), { tone: "warn" });
        return null;
      } finally {
        lesson.refresh();
      }
    },
    async deed(text, work, back, topic) {
      if ((await doing.run(work)) === null) return;
      const undo = back && (() => doing.deed(t("undo.done"), back, undefined, topic));
      doing.say(text, undo, topic);
    },
    async decree(text, work) {
      const done = await doing.run(work);
      if (done === null) return;
      const seqs = done.value;
      if (seqs === null) return doing.say(t("deed.nothing"));
      doing.say(text, () => doing.deed(t("undo.done"), () => api.revert(id, seqs)));
    },
    async tried(work) {
      const refused = await attempt(work);
      lesson.refresh();
      return refused;
    },
    showGhost(ask) {
      model.ghost.value = null;
      return attempt(async () => {
        model.ghost.value = ghostOf(await ask());
      });
    },
    seatOf: (number) => model.desk.value?.seats.find(({ seat }) => seat === number),
    nameOf: (number) => doing.seatOf(number)?.nickname ?? t("people.someone"),
    nowMs: () => Date.now() + lesson.session.model.clockAheadMs.value,
  };
  return doing;
}

function ghostOf({ area, colors, cells }: Preview) {
  return { area, cells, colors: Uint8Array.from(atob(colors), (sign) => sign.charCodeAt(0)) };
}
