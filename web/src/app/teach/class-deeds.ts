import type { Deed } from "../../core/desk";
import * as classroom from "../../net/classroom";
import * as api from "../../net/desk";
import type { LiveActions, TeamDraft } from "../../ui/teach/live/model";
import { t, tn } from "../../ui/teach/words";
import type { Doing } from "./doing";
import { sayError } from "./said";

type ClassDeeds = Pick<
  LiveActions,
  | "setTeams"
  | "deal"
  | "addNames"
  | "bots"
  | "makeBot"
  | "removeBot"
  | "deleteMessage"
  | "reportDone"
  | "record"
  | "revertDeed"
  | "share"
  | "unshare"
  | "forgetClass"
>;

/** Who is in the class, what they write, and who leads it. */
export function classDeeds(doing: Doing): ClassDeeds {
  const { id, lesson, run, deed, decree, tried, say } = doing;
  /** The answer, or what went wrong, for a panel to say. */
  const asked = async <T>(work: () => Promise<T>): Promise<T | string> => {
    try {
      return await work();
    } catch (error) {
      return sayError(error);
    } finally {
      lesson.refresh();
    }
  };
  return {
    setTeams(teams) {
      const before = lesson.session.model.lesson.value?.teams ?? [];
      return tried(async () => {
        await api.setTeams(id, teams.map(tidyTeam));
        say(t("teams.saved"), () => deed(t("undo.done"), () => api.setTeams(id, before)));
      });
    },
    deal: (everyone) => deal(doing, everyone),
    addNames: (text) => asked(() => api.addNames(id, rosterOf(text))),
    bots: () => asked(() => classroom.bots(id)),
    makeBot: (name) => asked(() => classroom.makeBot(id, name)),
    removeBot: (seat, name) =>
      deed(t("bots_desk.removed", { name }), () => classroom.removeBot(id, seat)),
    deleteMessage: (message) =>
      deed(
        t("chat_deleted.done"),
        () => api.deleteMessage(id, message),
        () => api.restoreMessage(id, message),
      ),
    async reportDone(report) {
      await run(() => api.reportDone(id, report));
    },
    record: async (filter) => (await run(() => api.deeds(id, filter)))?.value ?? null,
    async revertDeed({ seqs }: Deed) {
      if (seqs !== null) await decree(t("undo.done"), () => api.revert(id, seqs));
    },
    share: (name) =>
      tried(async () => {
        await api.share(id, name);
        say(t("share.done", { name }));
      }),
    unshare(number) {
      const teachers = lesson.model.desk.value?.teachers ?? [];
      const name = teachers.find((one) => one.number === number)?.name ?? "";
      const isSelf = number === lesson.model.teacher.number;
      return deed(
        t("share.removed", { name }),
        () => api.unshare(id, number),
        isSelf ? undefined : () => api.share(id, name),
      );
    },
    forgetClass: () =>
      tried(async () => {
        const name = lesson.model.desk.value?.canvas.name ?? "";
        say(tn("forget.done", await api.forgetClass(id, name)));
      }),
  };
}

/** Dealing knows no way back of its own: it is everybody's old team, one by one. */
async function deal({ id, lesson, run, say, deed }: Doing, everyone: boolean): Promise<void> {
  const before = (lesson.model.desk.value?.seats ?? []).filter(({ role }) => role === "student");
  const done = await run(() => api.dealTeams(id, everyone));
  if (done === null) return;
  const back = async () => {
    const { seats } = await api.desk(id);
    for (const { seat, team } of before) {
      const now = seats.find((one) => one.seat === seat);
      if (now && now.team !== team) await api.setStanding(id, seat, { team });
    }
  };
  const undo = () => deed(t("undo.done"), back, undefined, "deal");
  say(tn("teams.dealt", done.value), done.value > 0 ? undo : undefined, "deal");
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
