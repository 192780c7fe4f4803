import type { CanvasActions, SideKind, Theme } from "../ui/model";
import { t } from "../ui/strings";
import { botActions } from "./bots";
import { chatActions, looked } from "./chatting";
import { copyText } from "./clipboard";
import { chooseTeam, leave, takeSeat, useCard, watchOnly } from "./door";
import { dismissAnnouncement } from "./lesson";
import { applyTheme, remember, remembered } from "./preferences";
import { askScores } from "./scoring";
import { colorName, type Session } from "./session";
import { formatSpot } from "./spot-link";
import { undo } from "./undoing";
import { openView } from "./view";

/** What the components can ask of a canvas. `self` is there when the first of them asks. */
export function createActions(
  self: () => Session,
  start: (session: Session) => void,
): CanvasActions {
  return {
    stageReady: (canvas, stage) => openView(self(), canvas, stage),
    mapReady: (canvas) => self().view?.showMap(canvas) ?? (() => {}),
    chooseColor: (color) => chooseColor(self(), color),
    toggleEyedropper: () => toggleEyedropper(self()),
    toggleGrid: () => toggleGrid(self()),
    toggleFullscreen: () => toggleFullscreen(self()),
    copyLink: () => copyLink(self()),
    zoomIn: () => self().view?.zoomStep(1),
    zoomOut: () => self().view?.zoomStep(-1),
    fit: () => self().view?.fit(),
    lookAt: (x, y) => self().view?.lookAt(x, y),
    reconnect: () => self().connection?.reconnectNow(),
    retry: () => start(self()),
    join: (form) => takeSeat(self(), form),
    useCard: (card) => useCard(self(), card),
    leave: () => leave(self()),
    chooseTeam: (team) => chooseTeam(self(), team),
    copyCard: () => copyCard(self()),
    hideCard() {
      self().model.cardIsNew.value = false;
    },
    toggleSide: (kind) => toggleSide(self(), kind),
    undo: () => undo(self()),
    closeAsked() {
      self().model.asked.value = null;
    },
    dismissAnnouncement: (id) => dismissAnnouncement(self(), id),
    chat: chatActions(self),
    bots: botActions(self),
    suggestedNickname: () => self().model.seat.value?.nickname ?? remembered("nickname") ?? "",
    openDialog(kind) {
      self().model.dialog.value = kind;
    },
    closeDialog: () => closeDialog(self()),
    setTheme: (theme) => setTheme(self(), theme),
    dismissToast: (id) => self().toaster.dismiss(id),
  };
}

function closeDialog({ id, model }: Session): void {
  if (model.dialog.value === "join" && model.seat.value === null) watchOnly(id);
  model.dialog.value = null;
}

/** Opens what stands beside the canvas, or puts it away. */
function toggleSide(session: Session, kind: SideKind): void {
  const { model } = session;
  // Both are for those who have a seat.
  const opens = model.side.value !== kind && model.you.value !== null;
  model.side.value = opens ? kind : null;
  if (opens && kind === "chat") looked(session);
  if (opens && kind === "people") askScores(session);
}

async function copyCard({ model, toaster }: Session): Promise<void> {
  const copied = await copyText(model.card.value ?? "");
  toaster.say(t(copied ? "notice.card_copied" : "notice.copy_failed"), copied ? "good" : "plain");
}

function toggleEyedropper({ model, toaster }: Session): void {
  model.eyedropper.value = !model.eyedropper.value;
  if (model.eyedropper.value) toaster.say(t("notice.eyedropper"));
}

function toggleGrid({ model, view }: Session): void {
  model.grid.value = !model.grid.value;
  remember("grid", model.grid.value ? null : "off");
  view?.redraw();
}

function setTheme({ model, view }: Session, theme: Theme): void {
  model.theme.value = theme;
  applyTheme(theme);
  view?.themeChanged();
}

export function chooseColor(session: Session, color: number): void {
  session.model.color.value = color;
  remember("color", String(color));
  session.view?.redraw();
}

/** The eyedropper: the color that is seen becomes the color to draw with. */
export function pickColor(session: Session, color: number): void {
  session.model.eyedropper.value = false;
  chooseColor(session, color);
  session.toaster.say(t("notice.picked", { color: colorName(session, color) }));
}

async function toggleFullscreen({ toaster }: Session): Promise<void> {
  try {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await document.documentElement.requestFullscreen();
  } catch {
    toaster.say(t("notice.fullscreen_failed"), "warn");
  }
}

/** Puts the address of the cell pointed at, or of the middle, where it can be pasted. */
async function copyLink({ model, toaster, view }: Session): Promise<void> {
  const spot = model.spot.value ?? view?.center();
  if (!spot || !view) return;
  const hash = formatSpot({ x: spot.x, y: spot.y, zoom: view.zoom() });
  history.replaceState(null, "", `${location.pathname}${hash}`);
  if (await copyText(location.href)) toaster.say(t("notice.link_copied"), "good");
  else toaster.say(t("notice.link_failed"));
}
