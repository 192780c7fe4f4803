import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { AskedBox } from "./asked-box";
import { BotsSheet } from "./bots-sheet";
import { ChatSide } from "./chat-side";
import { Empty } from "./controls";
import { Dialog } from "./dialog";
import { Dock } from "./dock";
import { DoorPage, EndedPage, WaitingPage } from "./door-page";
import { HelpSheet } from "./help-sheet";
import { JoinSheet } from "./join-sheet";
import { Announcements, CardBand, Curtain, TimerPill } from "./lesson-bands";
import { Loading } from "./mark-view";
import type { CanvasActions, CanvasModel } from "./model";
import { MoreSheet } from "./more-sheet";
import { Banner, Readout, Spoken, Toasts } from "./notices";
import { PeopleSide } from "./people-side";
import { StatusPill } from "./status-pill";
import { t } from "./strings";
import { TeamSheet } from "./team-sheet";
import { ThemeChoice } from "./theme-choice";
import { Toolbar } from "./toolbar";
import { ZoomBox } from "./zoom-box";

interface Props {
  model: CanvasModel;
  actions: CanvasActions;
  /** A class code that was brought along. */
  code: string;
  lobbyHref: string;
  galleryHref: string;
}

export function CanvasPage(props: Props) {
  const phase = props.model.phase.value;
  switch (phase) {
    case "ready":
      return <Studio {...props} />;
    case "loading":
      return <Loading text={t("canvas.loading")} />;
    case "door":
      return <DoorPage {...props} />;
    case "waiting":
      return <WaitingPage {...props} />;
    case "kicked":
    case "banned":
    case "gone":
    case "seat_ended":
      return <EndedPage {...props} why={phase} />;
    default:
      return <Trouble phase={phase} {...props} />;
  }
}

function Trouble({
  phase,
  actions,
  lobbyHref,
}: Props & { phase: "missing" | "full" | "unreachable" }) {
  return (
    <main class="page page-centered">
      <Empty title={t(`${phase}.title`)} text={t(`${phase}.text`)}>
        <div class="empty-actions">
          {phase !== "missing" && (
            <button type="button" class="button button-accent" onClick={actions.retry}>
              {t("retry")}
            </button>
          )}
          <a class={phase === "missing" ? "button button-accent" : "button"} href={lobbyHref}>
            {t("missing.back")}
          </a>
        </div>
      </Empty>
    </main>
  );
}

/** The canvas and what floats around it. */
function Studio(props: Props) {
  const { model, actions } = props;
  const stage = useRef<HTMLDivElement>(null);
  const top = useRef<HTMLDivElement>(null);
  const dock = useRef<HTMLDivElement>(null);
  useMeasuredInsets(model, top, dock);
  // After a click the keys belong to the sheet again; who came by keys keeps the focus,
  // and a panel that this very click opened has taken it already.
  const backToSheet = (event: MouseEvent) => {
    if (document.activeElement?.closest(".side")) return;
    if (event.detail > 0 && model.dialog.peek() === null) stage.current?.focus();
  };
  const side = model.side.value;
  const isCovered = usePhone() && side !== null;
  return (
    <div class="desk-and-side" data-side={side !== null}>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: it only tidies up after the pointer */}
      <main class="studio" onClick={backToSheet} inert={isCovered}>
        <Stage stage={stage} model={model} actions={actions} />
        <Curtain model={model} />
        <div class="studio-top">
          <div class="studio-start">
            <div ref={top}>
              <StatusPill {...props} />
            </div>
            <TimerPill model={model} />
          </div>
          <div class="banner-place">
            <Banner model={model} />
            <Announcements model={model} actions={actions} />
            <CardBand model={model} actions={actions} />
          </div>
          <Toolbar {...props} />
        </div>
        <div class="studio-bottom">
          <div class="studio-left">
            <Readout model={model} />
          </div>
          <div class="studio-middle">
            <Toasts model={model} actions={actions} />
            <div ref={dock} class="studio-dock">
              <Dock model={model} actions={actions} />
            </div>
          </div>
          {!model.hidden.value && <ZoomBox model={model} actions={actions} />}
        </div>
        <AskedBox model={model} actions={actions} />
        <Spoken model={model} />
        <Sheets {...props} />
      </main>
      {side === "chat" && <ChatSide model={model} actions={actions} />}
      {side === "people" && <PeopleSide model={model} actions={actions} />}
    </div>
  );
}

/** As in the style sheets: where what stands beside the canvas takes its place instead. */
const PHONE = "(max-width: 719px)";

function usePhone(): boolean {
  const [isPhone, setPhone] = useState(() => matchMedia(PHONE).matches);
  useEffect(() => {
    const query = matchMedia(PHONE);
    const changed = () => setPhone(query.matches);
    query.addEventListener("change", changed);
    return () => query.removeEventListener("change", changed);
  }, []);
  return isPhone;
}

/** Tells the view what the panels cover, so that "the whole canvas" is all in the open. */
function useMeasuredInsets(
  model: CanvasModel,
  top: RefObject<HTMLDivElement | null>,
  dock: RefObject<HTMLDivElement | null>,
): void {
  useEffect(() => {
    const measure = () => {
      model.insets.value = {
        top: top.current?.getBoundingClientRect().bottom ?? 0,
        bottom: innerHeight - (dock.current?.getBoundingClientRect().top ?? innerHeight),
      };
    };
    const observer = new ResizeObserver(measure);
    if (top.current) observer.observe(top.current);
    if (dock.current) observer.observe(dock.current);
    addEventListener("resize", measure);
    return () => {
      observer.disconnect();
      removeEventListener("resize", measure);
    };
  }, []);
}

interface StageProps {
  stage: RefObject<HTMLDivElement | null>;
  model: CanvasModel;
  actions: CanvasActions;
}

/** The drawing surface. Everything on it is drawn and heard outside of Preact. */
export function Stage({ stage, model, actions }: StageProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (!stage.current || !canvas.current) return;
    return actions.stageReady(canvas.current, stage.current);
  }, [actions]);
  return (
    <div
      ref={stage}
      class="stage"
      role="application"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: an application is interactive
      tabIndex={0}
      aria-label={t("canvas.label", { name: model.info.value?.name ?? "" })}
      data-picking={model.eyedropper.value}
      data-closed={isClosed(model)}
    >
      <canvas ref={canvas} class="stage-canvas" />
    </div>
  );
}

/** Whether one points at a cell on which one may not draw. */
function isClosed({ spot, you }: CanvasModel): boolean {
  return you.value?.role !== "teacher" && (spot.value?.closed ?? null) !== null;
}

function Sheets({ model, actions, galleryHref, code }: Props) {
  const close = actions.closeDialog;
  switch (model.dialog.value) {
    case "join":
      return (
        <JoinSheet
          canvasName={model.info.value?.name ?? ""}
          actions={actions}
          door={model.door.value}
          notLetIn={model.notLetIn.value}
          code={code}
          seated={model.seat.value !== null}
        />
      );
    case "team":
      return (
        <TeamSheet
          teams={model.lesson.value?.teams ?? []}
          team={model.you.value?.team ?? 0}
          actions={actions}
        />
      );
    case "bots":
      return <BotsSheet actions={actions} />;
    case "help":
      return <HelpSheet onClose={close} />;
    case "theme":
      return (
        <Dialog title={t("tool.theme")} onClose={close}>
          <ThemeChoice theme={model.theme.value} onChoose={actions.setTheme} />
        </Dialog>
      );
    case "more":
      return <MoreSheet model={model} actions={actions} galleryHref={galleryHref} />;
    default:
      return null;
  }
}
