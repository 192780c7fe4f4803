import type { LiveActions } from "../../ui/teach/live/model";
import { t } from "../../ui/teach/words";
import { copyText } from "../clipboard";
import { areaDeeds } from "./area-deeds";
import { classDeeds } from "./class-deeds";
import { createDoing } from "./doing";
import type { LessonParts } from "./lesson";
import { lessonDeeds } from "./lesson-deeds";
import { seatDeeds } from "./seat-deeds";

/** What teachers do. Everything happens at once, says so, and offers the way back. */
export function createDeeds(lesson: LessonParts): LiveActions {
  const doing = createDoing(lesson);
  return {
    dismissSaying: (saying) => lesson.sayings.dismiss(saying),
    retry() {
      lesson.session.actions.reconnect();
      lesson.refresh();
    },
    async copy(text) {
      doing.say(t((await copyText(text)) ? "copy.done" : "copy.failed"), undefined, "copy");
    },
    ...lessonDeeds(doing),
    ...seatDeeds(doing),
    ...areaDeeds(doing),
    ...classDeeds(doing),
  };
}
