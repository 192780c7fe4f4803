// What holds for everybody and for this person, as the server tells it.

import { withNames } from "../core/chat";
import type { Announcement, Lesson, Person, SeatInfo, You } from "../core/protocol.gen";
import { people } from "../net/classroom";
import type { ConnectionEvent } from "../net/connection";
import { t } from "../ui/strings";
import { startOver } from "./chatting";
import type { Session } from "./session";

/** The longest time that a browser's timer can wait, in milliseconds. */
const TIMER_MAX_MS = 2 ** 31 - 1;

type Event<T extends ConnectionEvent["type"]> = Extract<ConnectionEvent, { type: T }>;

export function lesson(session: Session, told: Lesson): void {
  const { model } = session;
  model.lesson.value = told;
  // A wait in slow mode is no longer than the slow mode is now.
  const { readyAtMs } = model.chat;
  readyAtMs.value = Math.min(readyAtMs.value, Date.now() + told.slow_s * 1000);
  model.clockAheadMs.value = told.now_ms - Date.now();
  model.announcements.value = [];
  for (const announcement of told.announcements) announce(session, announcement);
  if (!told.scores) model.scores.value = null;
  session.view?.redraw();
}

/** The person who is here, as of now; a new team has another chat. */
export function you(session: Session, told: You | null): void {
  const { model } = session;
  const before = model.you.value;
  model.you.value = told;
  if (told !== null && told.seat > 0) model.seat.value = seatOf(told);
  if (before && told && before.status !== told.status) tellStatus(session, told);
  if (before && told && before.team !== told.team) {
    startOver(session, model.chat.channel.value === 0 ? 0 : told.team);
  }
  session.view?.redraw();
}

function seatOf({ seat, nickname }: You): SeatInfo {
  return { number: seat, nickname };
}

function tellStatus({ toaster }: Session, { status }: You): void {
  if (status === "active") toaster.say(t("notice.seat_active"), "good");
}

export function announce(session: Session, announcement: Announcement): void {
  const { model, dismissed } = session;
  const leftMs = announcement.ends_ms - model.clockAheadMs.value - Date.now();
  if (leftMs <= 0 || dismissed.has(announcement.id)) return;
  const others = model.announcements.value.filter(({ id }) => id !== announcement.id);
  model.announcements.value = [...others, announcement];
  after(session, leftMs, () => announcementOver(session, announcement.id));
}

export function announcementOver({ model }: Session, id: number): void {
  model.announcements.value = model.announcements.value.filter((one) => one.id !== id);
}

export function dismissAnnouncement(session: Session, id: number): void {
  session.dismissed.add(id);
  announcementOver(session, id);
}

/** Who came, left, or is called something else now. */
export function peopleChanged({ model }: Session, { here, left }: Event<"people">): void {
  const now = new Map(model.people.value);
  for (const seat of left) now.delete(seat);
  for (const person of here) now.set(person.seat, person);
  model.people.value = now;
  const names = new Map(
    here.map(({ seat, nickname }): [number, string | null] => [seat, nickname]),
  );
  model.chat.log.value = withNames(model.chat.log.value, names);
}

/** Asks who is here: the server tells changes only. */
export async function askPeople(session: Session): Promise<void> {
  try {
    const here = await people(session.id);
    session.model.people.value = new Map(
      here.map((person): [number, Person] => [person.seat, person]),
    );
  } catch {
    // The list fills as people come and go.
  }
}

/** Does something later, unless the page is left before. */
export function after({ timers }: Session, ms: number, then: () => void): void {
  const timer = setTimeout(
    () => {
      timers.delete(timer);
      then();
    },
    Math.min(ms, TIMER_MAX_MS),
  );
  timers.add(timer);
}
