import { NO_END_MS } from "../../core/desk";
import * as api from "../../net/desk";
import type { LiveActions } from "../../ui/teach/live/model";
import { t } from "../../ui/teach/words";
import type { Doing } from "./doing";

const MINUTE_MS = 60_000;

type SeatDeeds = Pick<
  LiveActions,
  | "admit"
  | "refuse"
  | "admitAll"
  | "mute"
  | "unmute"
  | "setStatus"
  | "setTeam"
  | "kick"
  | "rename"
  | "renewCard"
  | "forget"
  | "previewRemoval"
  | "removePixels"
>;

/** What happens to one person. */
export function seatDeeds(doing: Doing): SeatDeeds {
  const { id, lesson, deed, decree, tried, say, seatOf, nameOf, nowMs } = doing;
  const sinceMs = (minutes: number | null) =>
    minutes === null ? 0 : Math.max(0, nowMs() - minutes * MINUTE_MS);
  return {
    admit: (seat) =>
      deed(t("admit.done", { name: nameOf(seat) }), () => api.toSeat(id, seat, "admit")),
    refuse: (seat) =>
      deed(
        t("admit.refused", { name: nameOf(seat) }),
        () => api.toSeat(id, seat, "refuse"),
        () => api.toSeat(id, seat, "admit"),
      ),
    admitAll: () => deed(t("admit.all_done"), () => api.admitAll(id)),
    mute: (seat, minutes) =>
      deed(
        t("seat.muted", { name: nameOf(seat) }),
        () => api.mute(id, seat, minutes),
        () => api.toSeat(id, seat, "unmute"),
        `mute ${seat}`,
      ),
    unmute(seat) {
      const until = seatOf(seat)?.muted_until_ms ?? 0;
      const left =
        until >= NO_END_MS ? null : Math.max(1, Math.ceil((until - nowMs()) / MINUTE_MS));
      return deed(
        t("seat.unmuted", { name: nameOf(seat) }),
        () => api.toSeat(id, seat, "unmute"),
        () => api.mute(id, seat, left),
        `mute ${seat}`,
      );
    },
    setStatus(seat, status) {
      const before = seatOf(seat)?.status ?? "active";
      return deed(
        t(`status_set.${status}`, { name: nameOf(seat) }),
        () => api.setStanding(id, seat, { status }),
        () => api.setStanding(id, seat, { status: before }),
        `status ${seat}`,
      );
    },
    setTeam(seat, team) {
      const before = seatOf(seat)?.team ?? 0;
      const teams = lesson.session.model.lesson.value?.teams ?? [];
      const name = teams.find(({ number }) => number === team)?.name ?? t("team.none");
      return deed(
        t("seat.team_set", { name: nameOf(seat), team: name }),
        () => api.setStanding(id, seat, { team }),
        () => api.setStanding(id, seat, { team: before }),
        `team ${seat}`,
      );
    },
    kick: (seat) =>
      deed(
        t("seat.kicked", { name: nameOf(seat) }),
        () => api.toSeat(id, seat, "kick"),
        () => api.toSeat(id, seat, "unkick"),
      ),
    rename(seat, nickname) {
      const before = nameOf(seat);
      return tried(async () => {
        await api.rename(id, seat, nickname);
        say(t("seat.renamed", { name: nickname }), () =>
          deed(t("undo.done"), () => api.rename(id, seat, before)),
        );
      });
    },
    renewCard: (seat) => deed(t("seat.renewed"), () => api.renewCard(id, seat)),
    forget: (seat) => {
      const name = nameOf(seat);
      return tried(async () => {
        await api.toSeat(id, seat, "forget");
        say(t("seat.forgotten", { name }));
      });
    },
    previewRemoval: (seat, minutes) =>
      doing.showGhost(() => api.previewRemoval(id, seat, sinceMs(minutes))),
    removePixels(seat, minutes) {
      lesson.model.ghost.value = null;
      const from = sinceMs(minutes);
      return decree(t("seat.removed", { name: nameOf(seat) }), () =>
        api.removePixels(id, seat, from),
      );
    },
  };
}
