import type { Desk, Settings } from "../../core/desk";
import type { Mode } from "../../core/protocol.gen";
import * as api from "../../net/desk";
import type { LiveActions, RulesWish } from "../../ui/teach/live/model";
import { spanWords } from "../../ui/teach/wish";
import { type DeskKey, t, tn } from "../../ui/teach/words";
import type { Doing } from "./doing";

type LessonDeeds = Pick<
  LiveActions,
  | "setMode"
  | "changeCode"
  | "announce"
  | "endAnnouncement"
  | "startTimer"
  | "stopTimer"
  | "change"
  | "changeRules"
  | "award"
>;

/** What holds for the whole class. */
export function lessonDeeds(doing: Doing): LessonDeeds {
  const { id, lesson, deed, decree, tried, say } = doing;
  return {
    setMode: (mode) => setMode(doing, mode),
    changeCode(what) {
      const back = ({ close: "open", open: "close" } as const)[what as "open" | "close"];
      return deed(
        t(`code_set.${what}`),
        () => api.changeCode(id, what),
        back && (() => api.changeCode(id, back)),
        "code",
      );
    },
    announce: (text, minutes) =>
      tried(async () => {
        const announcement = await api.announce(id, text, minutes);
        say(t("announce.done"), () =>
          deed(t("undo.done"), () => api.endAnnouncement(id, announcement)),
        );
      }),
    endAnnouncement(announcement) {
      const said = lesson.session.model.announcements.value.find((one) => one.id === announcement);
      const leftMs = (said?.ends_ms ?? 0) - doing.nowMs();
      const again = () => api.announce(id, said?.text ?? "", Math.ceil(leftMs / 60_000));
      return deed(
        t("announce.ended"),
        () => api.endAnnouncement(id, announcement),
        leftMs > 0 ? again : undefined,
      );
    },
    startTimer: (minutes, label, freezes) =>
      tried(async () => {
        await api.startTimer(id, { seconds: minutes * 60, label, freezes });
        const undo = () => deed(t("undo.done"), () => api.stopTimer(id), undefined, "timer");
        say(t("timer.done", { span: spanWords(minutes * 60) }), undo, "timer");
      }),
    stopTimer: () => stopTimer(doing),
    change: (settings) => changeSettings(doing, settings),
    changeRules: (rules) => changeRules(doing, rules),
    award: (to, pixels) => decree(tn("award.done", pixels), () => api.award(id, to, pixels)),
  };
}

/** The button is down at once; the answer, or what went wrong, decides whether it stays so. */
async function setMode({ id, lesson, deed }: Doing, mode: Mode): Promise<void> {
  const { info } = lesson.session.model;
  const { wantedMode } = lesson.model;
  const before = info.value?.mode ?? "open";
  const set = (next: Mode) => async () => {
    wantedMode.value = next;
    try {
      await api.changeRules(id, { mode: next });
      // The news of it may still be on its way.
      if (info.value) info.value = { ...info.value, mode: next };
    } finally {
      if (wantedMode.value === next) wantedMode.value = null;
    }
  };
  await deed(t(`mode_set.${mode}`), set(mode), set(before), "mode");
}

/** The shortest timer that the server starts, in milliseconds. */
const TIMER_MIN_MS = 5_000;

function stopTimer({ id, lesson, deed, nowMs }: Doing): Promise<void> {
  const timer = lesson.session.model.lesson.value?.timer ?? null;
  const leftMs = timer ? timer.ends_ms - nowMs() : 0;
  const again = () => {
    const { label = "", freezes = false } = timer ?? {};
    return api.startTimer(id, { seconds: Math.round(leftMs / 1000), label, freezes });
  };
  const back = leftMs > TIMER_MIN_MS ? again : undefined;
  return deed(t("timer.stopped"), () => api.stopTimer(id), back, "timer");
}

/** What these settings were before. */
function before<K extends keyof Settings>(desk: Desk, keys: readonly K[]): Pick<Settings, K> {
  return Object.fromEntries(keys.map((key) => [key, desk.settings[key]])) as Pick<Settings, K>;
}

const SAID: Partial<Record<keyof Settings, (settings: Settings) => DeskKey>> = {
  chat: ({ chat }) => `chat_set.${chat}`,
  curtain: ({ curtain }) => `curtain_set.${curtain}`,
  bots: ({ bots }) => (bots ? "bots_set.on" : "bots_set.off"),
};

async function changeSettings({ id, lesson, deed }: Doing, change: Partial<Settings>) {
  const { desk } = lesson.model;
  const known = desk.value;
  if (known === null) return;
  const keys = Object.keys(change) as (keyof Settings)[];
  const old = before(known, keys);
  const send = (settings: Partial<Settings>) => async () => {
    const now = await api.changeSettings(id, settings);
    if (desk.value) desk.value = { ...desk.value, settings: now };
  };
  const key = keys.length === 1 ? SAID[keys[0]!] : undefined;
  const text = key ? key({ ...known.settings, ...change }) : "settings.done";
  await deed(t(text), send(change), send(old), keys.join());
}

async function changeRules({ id, lesson, deed }: Doing, rules: RulesWish) {
  const { info } = lesson.session.model;
  const known = info.value;
  if (known === null) return;
  const { name, cooldown_ms, saved_max, undo_ms } = known;
  const send = (wish: RulesWish) => async () => {
    await api.changeRules(id, wish);
    if (info.value && wish.name !== undefined) info.value = { ...info.value, name: wish.name };
  };
  const old = send({ name, cooldown_ms, saved_max, undo_ms });
  await deed(t("settings.done"), send(rules), old, "rules");
}
