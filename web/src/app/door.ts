// Coming to a canvas: what it takes, taking a seat, waiting to be let in, and what ends it.

import { isWholeCode, type Joined, type Me, tidyCode } from "../core/door";
import { ApiError } from "../net/api";
import * as classroom from "../net/classroom";
import type { EndReason } from "../net/connection";
import type { JoinAnswer, JoinForm } from "../ui/model";
import { t } from "../ui/strings";
import { carried, carry } from "./carried";
import { after, you } from "./lesson";
import { remember } from "./preferences";
import type { Session } from "./session";

/** How often somebody at the door asks whether it has opened. */
const WAIT_POLL_MS = 2_000;
/** The same while nobody looks, or the server does not answer. */
const WAIT_POLL_SLOW_MS = 15_000;

/** Canvases whose invitation was declined in this page view: it is not repeated. */
const onlyWatched = new Set<string>();

export function watchOnly(id: string): void {
  onlyWatched.add(id);
}

/** Asks who we are here; invites who is nobody yet. */
export async function comeIn(session: Session): Promise<void> {
  const { model, id } = session;
  try {
    const me = await classroom.me(id);
    know(session, me);
    if (me.seat !== null || me.you?.role === "teacher") return;
    await askDoor(session);
    if (!onlyWatched.has(id) && model.phase.value !== "door") model.dialog.value = "join";
  } catch {
    // The dock still offers to join, and the connection tells what is wrong.
  }
}

async function askDoor({ model, id }: Session): Promise<void> {
  try {
    model.door.value = await classroom.door(id, carried("key", id));
  } catch {
    // The form asks for a nickname; what else it takes, the answer says.
  }
}

function know(session: Session, { seat, card, state }: Me): void {
  const { model } = session;
  if (model.seat.value === null || state === "waiting") model.seat.value = seat;
  model.card.value = card;
  if (state === "waiting") waitAtDoor(session);
}

/** The server does not let us look. */
export function refusedAtDoor(session: Session, code: string): void {
  const { model } = session;
  switch (code) {
    case "seats_only":
      session.connection?.close();
      // Whoever has a seat and may not look even so: the canvas was put away.
      model.phase.value = model.seat.value !== null && !model.waiting.value ? "gone" : "door";
      model.dialog.value = null;
      return;
    case "waiting":
      session.connection?.close();
      model.phase.value = "waiting";
      return waitAtDoor(session);
    case "banned":
      return ended(session, "banned");
    case "archived":
      return ended(session, "gone");
  }
}

/** The server ended it. */
export function ended(session: Session, why: EndReason): void {
  const { model } = session;
  session.connection?.close();
  model.dialog.value = null;
  model.side.value = null;
  model.asked.value = null;
  if (why === "kicked" || why === "seat_ended") {
    model.seat.value = null;
    model.you.value = null;
    model.card.value = null;
  }
  model.phase.value = why;
}

/** Asks again and again until the teacher lets this person in, or sends them away. */
function waitAtDoor(session: Session): void {
  const { model } = session;
  if (model.waiting.value) return;
  model.waiting.value = true;
  const ask = async () => {
    let waitMs = document.hidden ? WAIT_POLL_SLOW_MS : WAIT_POLL_MS;
    try {
      const me = await classroom.me(session.id);
      if (me.state !== "waiting") return letIn(session, me);
    } catch (error) {
      const asked = error instanceof ApiError ? error.retryAfterMs : null;
      waitMs = Math.max(asked ?? 0, WAIT_POLL_SLOW_MS);
    }
    after(session, waitMs, ask);
  };
  after(session, WAIT_POLL_MS, ask);
}

function letIn(session: Session, me: Me): void {
  const { model } = session;
  model.waiting.value = false;
  model.notLetIn.value = false;
  model.seat.value = me.seat;
  model.card.value = me.card;
  if (me.seat === null) {
    model.phase.value = model.phase.value === "ready" ? "ready" : "door";
    model.notLetIn.value = true;
    comeIn(session);
    return;
  }
  session.toaster.say(t("notice.joined", { nickname: me.seat.nickname }), "good");
  startAnew(session);
}

export async function takeSeat(session: Session, form: JoinForm): Promise<JoinAnswer | null> {
  const { id, model } = session;
  const key = carried("key", id);
  const own = model.seat.value;
  const code = tidyCode(form.code);
  try {
    const joined = await classroom.join(id, {
      nickname: form.nickname,
      ...(own !== null && { seat: own.number }),
      ...(code !== "" && { code }),
      ...(key !== null && { key }),
      ...(form.team > 0 && { team: form.team }),
    });
    remember("nickname", form.nickname);
    if (own !== null) renamed(session, joined);
    else seated(session, joined);
    return null;
  } catch (error) {
    return trouble(error);
  }
}

export async function useCard(session: Session, card: string): Promise<JoinAnswer | null> {
  if (!isWholeCode(card)) return { text: t("enter.short"), field: "code" };
  try {
    seated(session, await classroom.useCard(session.id, tidyCode(card)), false);
    return null;
  } catch (error) {
    return trouble(error);
  }
}

export async function chooseTeam(session: Session, team: number): Promise<JoinAnswer | null> {
  try {
    you(session, await classroom.chooseTeam(session.id, team));
    session.model.dialog.value = null;
    return null;
  } catch (error) {
    return trouble(error);
  }
}

/** Gives the seat back, so that the next one at this computer can take their own. */
export async function leave(session: Session): Promise<void> {
  const { id, model } = session;
  try {
    await classroom.leave(id);
  } catch {
    session.toaster.say(t("join.offline"), "warn");
    return;
  }
  remember("nickname", null);
  onlyWatched.delete(id);
  location.reload();
  model.dialog.value = null;
}

function renamed({ model, connection }: Session, { seat }: Joined): void {
  model.seat.value = seat;
  model.dialog.value = null;
  connection?.reconnectNow();
}

function seated(session: Session, { seat, card, state }: Joined, isNew = true): void {
  const { model, id } = session;
  carry("code", id, null);
  model.seat.value = seat;
  model.card.value = card;
  model.cardIsNew.value = isNew && card !== null;
  model.dialog.value = null;
  if (state === "waiting") {
    if (model.phase.value === "door") model.phase.value = "waiting";
    return waitAtDoor(session);
  }
  session.toaster.say(t("notice.joined", { nickname: seat.nickname }), "good");
  startAnew(session);
}

/** A socket keeps the cookie it was opened with: a seat needs a fresh one. */
function startAnew(session: Session): void {
  session.wasLive = false;
  if (session.model.phase.value === "ready" && session.connection !== null) {
    session.connection.reconnectNow();
  } else {
    session.actions.retry();
  }
}

/** What went wrong, in words, and with which field. */
export function trouble(error: unknown): JoinAnswer {
  if (!(error instanceof ApiError) || error.status === 0) {
    return { text: t(navigator.onLine ? "join.offline" : "join.no_network"), field: null };
  }
  switch (error.code) {
    case "wrong_code":
      return { text: t("enter.wrong"), field: "code" };
    case "code_needed":
      return { text: t("enter.needed"), field: "code" };
    case "nickname_taken":
      return { text: t("join.taken"), field: "nickname" };
    case "nickname_refused":
      return { text: t("join.refused"), field: "nickname" };
    case "seats_full":
      return { text: t("join.full"), field: null };
    case "archived":
      return { text: t("gone.text"), field: null };
    case "team_given":
      return { text: t("join.team_given"), field: "team" };
    case "roster_only":
      return { text: t("join.roster_only"), field: null };
    case "slow_down": {
      const s = Math.ceil((error.retryAfterMs ?? 10_000) / 1000);
      return { text: t("enter.slow_down", { s }), field: null };
    }
  }
  return { text: error.status < 500 ? error.text : t("join.failed"), field: null };
}
