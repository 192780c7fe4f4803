import type { Deed, Desk, Preview, Seat, Seqs, Settings } from "../../core/desk";
import { NO_END_MS } from "../../core/desk";
import * as api from "../../net/desk";
import type { LiveActions, RulesWish, TeamDraft } from "../../ui/teach/live/model";
import { spanWords } from "../../ui/teach/wish";
import { type DeskKey, t, tn } from "../../ui/teach/words";
import { copyText } from "../clipboard";
import type { LessonOfTeacher } from "./lesson";
import { attempt, sayError } from "./said";

const MINUTE_MS = 60_000;
/** The space around what is shown from afar, in cells. */
const LOOK_MARGIN_CELLS = 4;

/** What teachers do. Everything happens at once, says so, and offers the way back. */
export function createDeeds(self: () => LessonOfTeacher): LiveActions {
  /** Does it; what went wrong is told, and the answer is null. */
  const run = async <T>(work: () => Promise<T>): Promise<{ value: T } | null> => {
    try {
      const value = await work();
      self().refresh();
      return { value };
    } catch (error) {
      self().sayings.say(sayError(error), { tone: "warn" });
      return null;
    }
  };
  const say = (text: string, undo?: () => unknown) =>
    self().sayings.say(text, undo ? { undo } : {});
  const id = () => self().id;

  /** Does it, says `text`, and offers to do `back`. */
  const deed = async (
    text: string,
    work: () => Promise<unknown>,
    back?: () => Promise<unknown>,
  ) => {
    if ((await run(work)) === null) return;
    say(text, back && (() => deed(t("undo.done"), back)));
  };
  /** The same for what is in the journal: taking it back is reverting its seqs. */
  const decree = async (text: string, work: () => Promise<Seqs>) => {
    const done = await run(work);
    if (done === null) return;
    const seqs = done.value;
    if (seqs === null) return say(t("deed.nothing"));
    say(text, () => deed(t("undo.done"), () => api.revert(id(), seqs)));
  };
  const seatOf = (number: number): Seat | undefined =>
    self().model.desk.value?.seats.find(({ seat }) => seat === number);
  const nameOf = (number: number) => seatOf(number)?.nickname ?? t("people.someone");
  /** Tries it; what went wrong is the answer, for a form to say. */
  const tried = async (work: () => Promise<unknown>): Promise<string | null> => {
    const refused = await attempt(work);
    self().refresh();
    return refused;
  };
  const clearGhost = () => {
    self().model.ghost.value = null;
  };
  const showGhost = async (ask: () => Promise<Preview>): Promise<string | null> => {
    clearGhost();
    return attempt(async () => {
      self().model.ghost.value = ghostOf(await ask());
    });
  };
  const sinceMs = (minutes: number | null) =>
    minutes === null ? 0 : Math.max(0, now(self()) - minutes * MINUTE_MS);

  return {
    dismissSaying: (saying) => self().sayings.dismiss(saying),
    async copy(text) {
      say(t((await copyText(text)) ? "copy.done" : "copy.failed"));
    },

    setMode(mode) {
      const before = self().session.model.info.value?.mode ?? "open";
      return deed(
        t(`mode_set.${mode}`),
        () => api.changeRules(id(), { mode }),
        () => api.changeRules(id(), { mode: before }),
      );
    },
    changeCode(what) {
      const back = { renew: undefined, close: "open", open: "close" }[what] as
        | "open"
        | "close"
        | undefined;
      return deed(
        t(`code_set.${what}`),
        () => api.changeCode(id(), what),
        back && (() => api.changeCode(id(), back)),
      );
    },
    announce: (text, minutes) =>
      tried(async () => {
        const announcement = await api.announce(id(), text, minutes);
        say(t("announce.done"), () =>
          deed(t("undo.done"), () => api.endAnnouncement(id(), announcement)),
        );
      }),
    endAnnouncement: (announcement) =>
      deed(t("announce.ended"), () => api.endAnnouncement(id(), announcement)),
    startTimer: (minutes, label, freezes) =>
      tried(async () => {
        await api.startTimer(id(), { seconds: minutes * 60, label, freezes });
        say(t("timer.done", { span: spanWords(minutes * 60) }), () =>
          deed(t("undo.done"), () => api.stopTimer(id())),
        );
      }),
    stopTimer() {
      const timer = self().session.model.lesson.value?.timer ?? null;
      const leftMs = timer ? timer.ends_ms - now(self()) : 0;
      const again = () => {
        const { label = "", freezes = false } = timer ?? {};
        return api.startTimer(id(), { seconds: Math.round(leftMs / 1000), label, freezes });
      };
      return deed(t("timer.stopped"), () => api.stopTimer(id()), leftMs > 1000 ? again : undefined);
    },
    change: (settings) => changeSettings(self(), deed, settings),
    changeRules: (rules) => changeRules(self(), deed, rules),
    award: (to, pixels) => decree(tn("award.done", pixels), () => api.award(id(), to, pixels)),

    admit: (seat) =>
      deed(t("admit.done", { name: nameOf(seat) }), () => api.toSeat(id(), seat, "admit")),
    refuse: (seat) =>
      deed(t("admit.refused", { name: nameOf(seat) }), () => api.toSeat(id(), seat, "refuse")),
    admitAll: () => deed(t("admit.all_done"), () => api.admitAll(id())),
    mute: (seat, minutes) =>
      deed(
        t("seat.muted", { name: nameOf(seat) }),
        () => api.mute(id(), seat, minutes),
        () => api.toSeat(id(), seat, "unmute"),
      ),
    unmute(seat) {
      const until = seatOf(seat)?.muted_until_ms ?? 0;
      const left =
        until >= NO_END_MS ? null : Math.max(1, Math.ceil((until - now(self())) / MINUTE_MS));
      return deed(
        t("seat.unmuted", { name: nameOf(seat) }),
        () => api.toSeat(id(), seat, "unmute"),
        () => api.mute(id(), seat, left),
      );
    },
    setStatus(seat, status) {
      const before = seatOf(seat)?.status ?? "active";
      return deed(
        t(`status_set.${status}`, { name: nameOf(seat) }),
        () => api.setStanding(id(), seat, { status }),
        () => api.setStanding(id(), seat, { status: before }),
      );
    },
    setTeam(seat, team) {
      const before = seatOf(seat)?.team ?? 0;
      const name = self().session.model.lesson.value?.teams.find(({ number }) => number === team);
      return deed(
        t("seat.team_set", { name: nameOf(seat), team: name?.name ?? t("team.none") }),
        () => api.setStanding(id(), seat, { team }),
        () => api.setStanding(id(), seat, { team: before }),
      );
    },
    kick: (seat) =>
      deed(t("seat.kicked", { name: nameOf(seat) }), () => api.toSeat(id(), seat, "kick")),
    rename(seat, nickname) {
      const before = nameOf(seat);
      return tried(async () => {
        await api.rename(id(), seat, nickname);
        say(t("seat.renamed", { name: nickname }), () =>
          deed(t("undo.done"), () => api.rename(id(), seat, before)),
        );
      });
    },
    renewCard: (seat) => deed(t("seat.renewed"), () => api.renewCard(id(), seat)),
    forget: (seat) => {
      const name = nameOf(seat);
      return tried(async () => {
        await api.toSeat(id(), seat, "forget");
        say(t("seat.forgotten", { name }));
      });
    },

    previewRemoval: (seat, minutes) =>
      showGhost(() => api.previewRemoval(id(), seat, sinceMs(minutes))),
    removePixels(seat, minutes) {
      clearGhost();
      const from = sinceMs(minutes);
      return decree(t("seat.removed", { name: nameOf(seat) }), () =>
        api.removePixels(id(), seat, from),
      );
    },
    owners: async (area) => (await run(() => api.owners(id(), area)))?.value ?? null,
    fill: (area, color) =>
      decree(t(color === 0 ? "area.erased" : "area.filled"), () => api.fill(id(), area, color)),
    protect: (area, on) =>
      decree(t(on ? "area.protected" : "area.unprotected"), () => api.protect(id(), area, on)),
    previewRestore: (area, atMs) => showGhost(() => api.previewRestore(id(), area, atMs)),
    restore(area, atMs) {
      clearGhost();
      return decree(t("restore.done"), () => api.restore(id(), area, Math.floor(atMs)));
    },
    clearGhost,
    lookAt({ x, y, width, height }) {
      const { view } = self().session;
      if (!view) return;
      const room = Math.min(
        view.size().width / (width + 2 * LOOK_MARGIN_CELLS),
        view.size().height / (height + 2 * LOOK_MARGIN_CELLS),
      );
      view.setCamera({ x: x + width / 2, y: y + height / 2, scale: room });
    },

    setTeams(teams) {
      const before = self().session.model.lesson.value?.teams ?? [];
      return tried(async () => {
        await api.setTeams(id(), teams.map(tidyTeam));
        say(t("teams.saved"), () => deed(t("undo.done"), () => api.setTeams(id(), before)));
      });
    },
    async deal(everyone) {
      const done = await run(() => api.dealTeams(id(), everyone));
      if (done) say(tn("teams.dealt", done.value));
    },
    async addNames(text) {
      try {
        const added = await api.addNames(id(), rosterOf(text));
        self().refresh();
        return added;
      } catch (error) {
        return sayError(error);
      }
    },
    deleteMessage: (message) =>
      deed(t("chat_deleted.done"), () => api.deleteMessage(id(), message)),
    async reportDone(report) {
      await run(() => api.reportDone(id(), report));
    },
    record: async (filter) => (await run(() => api.deeds(id(), filter)))?.value ?? null,
    revertDeed({ seqs }: Deed) {
      if (seqs !== null) return decree(t("undo.done"), () => api.revert(id(), seqs));
    },
    share: (name) => tried(() => api.share(id(), name)),
    unshare(number) {
      const name = self().model.desk.value?.teachers.find((one) => one.number === number)?.name;
      return deed(
        t("share.removed", { name: name ?? "" }),
        () => api.unshare(id(), number),
        () => api.share(id(), name ?? ""),
      );
    },
    forgetClass: () =>
      tried(async () => {
        const name = self().model.desk.value?.canvas.name ?? "";
        say(tn("forget.done", await api.forgetClass(id(), name)));
      }),
  };
}

type DoDeed = (
  text: string,
  work: () => Promise<unknown>,
  back?: () => Promise<unknown>,
) => Promise<void>;

/** By the server's clock: those of laptops differ. */
function now({ session }: LessonOfTeacher): number {
  return Date.now() + session.model.clockAheadMs.value;
}

/** What these settings were before. */
function before<K extends keyof Settings>(desk: Desk, keys: readonly K[]): Pick<Settings, K> {
  return Object.fromEntries(keys.map((key) => [key, desk.settings[key]])) as Pick<Settings, K>;
}

const SAID: Partial<Record<keyof Settings, (settings: Settings) => DeskKey>> = {
  chat: ({ chat }) => `chat_set.${chat}`,
  curtain: ({ curtain }) => `curtain_set.${curtain}`,
};

function changeSettings(lesson: LessonOfTeacher, deed: DoDeed, change: Partial<Settings>) {
  const { desk } = lesson.model;
  const known = desk.value;
  if (known === null) return;
  const keys = Object.keys(change) as (keyof Settings)[];
  const old = before(known, keys);
  const send = (settings: Partial<Settings>) => async () => {
    const now = await api.changeSettings(lesson.id, settings);
    if (desk.value) desk.value = { ...desk.value, settings: now };
  };
  const key = keys.length === 1 ? SAID[keys[0]!] : undefined;
  const text = key ? key({ ...known.settings, ...change }) : "settings.done";
  return deed(t(text), send(change), send(old));
}

function changeRules(lesson: LessonOfTeacher, deed: DoDeed, rules: RulesWish) {
  const { info } = lesson.session.model;
  const known = info.value;
  if (known === null) return;
  const { name, cooldown_ms, saved_max, undo_ms } = known;
  const send = (wish: RulesWish) => async () => {
    await api.changeRules(lesson.id, wish);
    if (info.value && wish.name !== undefined) info.value = { ...info.value, name: wish.name };
  };
  return deed(t("settings.done"), send(rules), send({ name, cooldown_ms, saved_max, undo_ms }));
}

function tidyTeam({ number, name, color, region, is_confined }: TeamDraft): api.TeamWish {
  return { ...(number !== undefined && { number }), name: name.trim(), color, region, is_confined };
}

/** Names one below the other, or lines of a table. */
export function rosterOf(text: string): { names: string[] } | { csv: string } {
  if (/[,;\t]/.test(text)) return { csv: text };
  return {
    names: text
      .split(/\r?\n/)
      .map((name) => name.trim())
      .filter(Boolean),
  };
}

function ghostOf({ area, colors, cells }: Preview) {
  return { area, cells, colors: Uint8Array.from(atob(colors), (sign) => sign.charCodeAt(0)) };
}
