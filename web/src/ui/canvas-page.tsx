import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Empty } from "./controls";
import { Dialog } from "./dialog";
import { Dock } from "./dock";
import { HelpSheet } from "./help-sheet";
import { JoinSheet } from "./join-sheet";
import { Loading } from "./mark-view";
import type { CanvasActions, CanvasModel } from "./model";
import { MoreSheet } from "./more-sheet";
import { Banner, Readout, Spoken, Toasts } from "./notices";
import { StatusPill } from "./status-pill";
import { t } from "./strings";
import { ThemeChoice } from "./theme-choice";
import { Toolbar } from "./toolbar";
import { ZoomBox } from "./zoom-box";

interface Props {
  model: CanvasModel;
  actions: CanvasActions;
  lobbyHref: string;
  galleryHref: string;
}

export function CanvasPage(props: Props) {
  const phase = props.model.phase.value;
  if (phase === "ready") return <Studio {...props} />;
  if (phase === "loading") return <Loading text={t("canvas.loading")} />;
  return <Trouble phase={phase} {...props} />;
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
  // After a click the keys belong to the sheet again; who came by keys keeps the focus.
  const backToSheet = (event: MouseEvent) => {
    if (event.detail > 0 && model.dialog.peek() === null) stage.current?.focus();
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: it only tidies up after the pointer
    <main class="studio" onClick={backToSheet}>
      <Stage stage={stage} model={model} actions={actions} />
      <div class="studio-top">
        <div ref={top} class="studio-start">
          <StatusPill {...props} />
        </div>
        <Banner model={model} />
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
        <ZoomBox model={model} actions={actions} />
      </div>
      <Spoken model={model} />
      <Sheets {...props} />
    </main>
  );
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
function Stage({ stage, model, actions }: StageProps) {
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
    >
      <canvas ref={canvas} class="stage-canvas" />
    </div>
  );
}

function Sheets({ model, actions, galleryHref }: Props) {
  const close = actions.closeDialog;
  switch (model.dialog.value) {
    case "join":
      return <JoinSheet canvasName={model.info.value?.name ?? ""} actions={actions} />;
    case "help":
      return <HelpSheet onClose={close} />;
    case "theme":
      return (
        <Dialog title={t("tool.theme")} onClose={close}>
          <ThemeChoice theme={model.theme.value} onChoose={actions.setTheme} />
        </Dialog>
      );
    case "more":
      return (
        <MoreSheet
          actions={actions}
          theme={model.theme.value}
          seated={model.seat.value !== null}
          galleryHref={galleryHref}
        />
      );
    default:
      return null;
  }
}
