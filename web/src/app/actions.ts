import { ApiError, join } from "../net/api";
import type { CanvasActions, Theme } from "../ui/model";
import { t } from "../ui/strings";
import { copyText } from "./clipboard";
import { applyTheme, remember, remembered } from "./preferences";
import { colorName, type Session } from "./session";
import { formatSpot } from "./spot-link";
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
    join: (nickname) => takeSeat(self(), nickname),
    suggestedNickname: () => self().model.seat.value?.nickname ?? remembered("nickname") ?? "",
    openDialog(kind) {
      self().model.dialog.value = kind;
    },
    closeDialog: () => closeDialog(self()),
    setTheme: (theme) => setTheme(self(), theme),
    dismissToast: (id) => self().toaster.dismiss(id),
  };
}

/** Canvases whose invitation was declined in this page view: it is not repeated. */
const onlyWatched = new Set<string>();

export const watchesOnly = (id: string) => onlyWatched.has(id);

function closeDialog({ id, model }: Session): void {
  if (model.dialog.value === "join" && model.seat.value === null) onlyWatched.add(id);
  model.dialog.value = null;
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

async function takeSeat(session: Session, nickname: string): ReturnType<CanvasActions["join"]> {
  try {
    session.model.seat.value = await join(session.id, nickname);
  } catch (error) {
    const answered = error instanceof ApiError && error.status !== 0;
    return answered && error.status < 500
      ? { text: error.text }
      : { text: t(answered ? "join.failed" : "join.offline") };
  }
  remember("nickname", nickname);
  session.model.dialog.value = null;
  session.toaster.say(t("notice.joined", { nickname }), "good");
  // A socket keeps the cookie it was opened with: the seat needs a fresh one.
  session.wasLive = false;
  session.connection?.reconnectNow();
  return null;
}
