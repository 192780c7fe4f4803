import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Stage } from "../../canvas-page";
import { IconButton } from "../../controls";
import { Dock } from "../../dock";
import { LetterMark } from "../../mark-view";
import type { CanvasActions } from "../../model";
import { Readout, Spoken, Toasts } from "../../notices";
import { ZoomBox } from "../../zoom-box";
import { DeskIcon, type DeskIconName } from "../icon";
import { DeskToasts } from "../toasts";
import { t, tn } from "../words";
import { AreaPanel } from "./area-panel";
import { BotsPanel } from "./bots-panel";
import { ChatSide, unreadMessages } from "./chat-side";
import { NextState, QuickTools, StateButtons } from "./cockpit";
import { CodeCard } from "./code-card";
import { type LiveProps, MORE_TABS, TABS, type Tab } from "./model";
import { MorePanel } from "./more-panel";
import { NamesPanel } from "./names-panel";
import { PeoplePanel } from "./people-panel";
import { RecordPanel } from "./record-panel";
import { SeatSheet } from "./seat-sheet";
import { SettingsPanel } from "./settings-panel";
import { SharePanel } from "./share-panel";
import { TeamsPanel } from "./teams-panel";

interface Props extends LiveProps {
  actions: CanvasActions;
  /** Draws what teachers see over the canvas; the answer ends that. */
  layerReady: (layer: HTMLCanvasElement) => () => void;
}

/** The cockpit: the canvas, its state, the class. */
export function LivePage(props: Props) {
  const { model } = props;
  const tab = model.tab.value;
  return (
    <div class="live" data-tab={tab}>
      <header class="live-head">
        <a class="pill-home" href={props.links.desk} aria-label={t("form.back")}>
          <LetterMark />
        </a>
        <div class="live-title">
          <h1 class="live-name">{model.canvas.info.value?.name}</h1>
          <Link {...props} />
        </div>
        <a
          class="icon-button live-projector"
          href={props.links.projector}
          target="_blank"
          rel="noopener"
          aria-label={t("live.projector")}
          data-tip={t("live.projector")}
        >
          <DeskIcon name="presentation" />
        </a>
      </header>
      <div class="live-state">
        <StateButtons {...props} />
        <NextState {...props} />
      </div>
      <section class="live-cockpit" aria-label={t("tab.lesson")}>
        <CodeCard {...props} />
        <QuickTools {...props} />
      </section>
      <Table {...props} />
      <Side {...props} />
      <PhoneTabs {...props} />
      <div class="desk-toasts live-toasts">
        <Trouble {...props} />
        <DeskToasts sayings={model.sayings} onDismiss={props.act.dismissSaying} />
      </div>
      {model.seat.value !== null && <SeatSheet key={model.seat.value} {...props} />}
      <Spoken model={model.canvas} />
    </div>
  );
}

function Link({ model }: LiveProps) {
  const { status } = model.canvas.link.value;
  return (
    <p class="pill-state" data-status={status}>
      <span class="pill-dot" aria-hidden="true" />
      <span>{t(`status.${status}`)}</span>
      {status === "live" && (
        <span class="pill-people">{tn("people", model.canvas.online.value)}</span>
      )}
    </p>
  );
}

/** That what is shown may be old, and why. */
function Trouble({ model, act }: LiveProps) {
  const text = model.trouble.value;
  return (
    <div class="live-trouble" role="alert">
      {text !== null && (
        <p class="trouble float">
          <DeskIcon name="triangle-alert" />
          <span>{t("live.trouble", { text })}</span>
          <button type="button" class="button button-small" onClick={act.retry}>
            {t("live.retry")}
          </button>
        </p>
      )}
    </div>
  );
}

/** The canvas itself, and what one draws with. */
function Table(props: Props) {
  const { model, actions } = props;
  const stage = useRef<HTMLDivElement>(null);
  const dock = useRef<HTMLDivElement>(null);
  const table = useRef<HTMLElement>(null);
  useEffect(() => {
    const measure = () => {
      const bottom = table.current?.getBoundingClientRect().bottom ?? 0;
      const top = dock.current?.getBoundingClientRect().top ?? bottom;
      model.canvas.insets.value = { top: 0, bottom: Math.max(0, bottom - top) };
    };
    const observer = new ResizeObserver(measure);
    if (dock.current) observer.observe(dock.current);
    if (table.current) observer.observe(table.current);
    return () => observer.disconnect();
  }, []);
  return (
    <main ref={table} class="live-table" aria-label={t("tab.canvas")}>
      <Stage stage={stage} model={model.canvas} actions={actions} />
      <Layer {...props} />
      <div class="studio-bottom live-bottom">
        <div class="studio-left">
          <Readout model={model.canvas} />
        </div>
        <ZoomBox model={model.canvas} actions={actions} />
        <div class="studio-middle">
          <Toasts model={model.canvas} actions={actions} />
          <div ref={dock} class="studio-dock">
            {model.tool.value === "draw" && <Dock model={model.canvas} actions={actions} />}
          </div>
        </div>
      </div>
    </main>
  );
}

/** Teams' regions, the chosen rectangle, what would happen. Takes the pointer while one chooses. */
function Layer({ model, layerReady }: Props) {
  const layer = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (layer.current) return layerReady(layer.current);
  }, []);
  const chooses = model.tool.value === "area";
  return (
    <canvas
      ref={layer}
      class="live-layer"
      data-takes-pointer={chooses}
      {...(chooses && { tabIndex: 0, role: "application", "aria-label": t("area.keys") })}
    />
  );
}

/** On a wide screen the canvas is always there: its tab shows the people. */
function shownTab(tab: Tab): Tab {
  return tab === "canvas" ? "people" : tab;
}

const SIDE_TABS = TABS.filter((tab) => tab !== "canvas");

const TAB_ICONS: Record<(typeof TABS)[number], DeskIconName> = {
  canvas: "paint-bucket",
  people: "users",
  chat: "message-circle",
  area: "square-dashed",
  teams: "flag",
  more: "settings",
};

function Side(props: Props) {
  const { model } = props;
  const tab = shownTab(model.tab.value);
  const isMore = (MORE_TABS as readonly Tab[]).includes(tab);
  const active = isMore ? "more" : tab;
  const panel = useRef<HTMLDivElement>(null);
  const shown = useRef(tab);
  // What was pressed to come here may be gone: the keys go on from the top of the panel.
  useEffect(() => {
    if (shown.current !== tab && document.activeElement === document.body) panel.current?.focus();
    shown.current = tab;
  }, [tab]);
  return (
    <aside class="live-side" aria-label={t("live.side")}>
      <div class="side-tabs" role="tablist" aria-label={t("live.side")} onKeyDown={stepTabs}>
        {SIDE_TABS.map((one) => (
          <button
            key={one}
            id={`side-tab-${one}`}
            type="button"
            class="side-tab"
            role="tab"
            aria-selected={one === active}
            aria-controls="side-panel"
            tabIndex={one === active ? 0 : -1}
            onClick={() => {
              model.tab.value = one;
            }}
          >
            <DeskIcon name={TAB_ICONS[one]} />
            <span class="side-tab-word">{t(`tab.${one}`)}</span>
            <TabBadge {...props} tab={one} />
          </button>
        ))}
      </div>
      <div
        ref={panel}
        class="side-panel"
        tabIndex={-1}
        id="side-panel"
        role="tabpanel"
        aria-labelledby={`side-tab-${active}`}
      >
        {(isMore || tab === "area" || tab === "teams") && (
          <PanelHead {...props} tab={tab} back={isMore} />
        )}
        <Panel {...props} tab={tab} />
      </div>
    </aside>
  );
}

function stepTabs(event: KeyboardEvent): void {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (by === undefined) return;
  event.preventDefault();
  const tabs = [
    ...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("[role=tab]"),
  ];
  const next = tabs.at((tabs.indexOf(document.activeElement as HTMLElement) + by) % tabs.length);
  next?.click();
  next?.focus();
}

function PanelHead({ model, tab, back }: Props & { tab: Tab; back: boolean }) {
  return (
    <header class="panel-head">
      <span class={back ? undefined : "phone-only"}>
        <IconButton
          icon="arrow-left"
          label={t("tab.more")}
          onClick={() => {
            model.tab.value = "more";
          }}
        />
      </span>
      <h2 class="panel-title">{t(`tab.${tab}`)}</h2>
    </header>
  );
}

function Panel(props: Props & { tab: Tab }): ComponentChildren {
  switch (props.tab) {
    case "canvas":
    case "people":
      return <PeoplePanel {...props} />;
    case "chat":
      return <ChatSide {...props} chat={props.actions.chat} />;
    case "area":
      return <AreaPanel {...props} />;
    case "teams":
      return <TeamsPanel {...props} />;
    case "more":
      return <MorePanel {...props} />;
    case "lesson":
      return (
        <>
          <CodeCard {...props} />
          <QuickTools {...props} />
        </>
      );
    case "names":
      return <NamesPanel {...props} />;
    case "settings":
      return <SettingsPanel {...props} />;
    case "bots":
      return <BotsPanel {...props} />;
    case "record":
      return <RecordPanel {...props} />;
    case "share":
      return <SharePanel {...props} />;
  }
}

function TabBadge({ model, tab }: LiveProps & { tab: Tab }) {
  const desk = model.desk.value;
  const waiting = desk?.seats.filter(({ state }) => state === "waiting").length ?? 0;
  const count =
    tab === "people"
      ? waiting
      : tab === "chat"
        ? unreadMessages(model) + (desk?.reports.length ?? 0)
        : 0;
  if (count === 0) return null;
  return (
    <span class="badge">
      <span aria-hidden="true">{count > 99 ? "99+" : count}</span>
      <span class="visually-hidden">{tn("live.new", count)}</span>
    </span>
  );
}

const PHONE_TABS = ["canvas", "people", "chat", "more"] as const;

/** On a phone: one thing at a time. */
function PhoneTabs(props: Props) {
  const { model } = props;
  const tab = model.tab.value;
  const active = (PHONE_TABS as readonly Tab[]).includes(tab) ? tab : "more";
  return (
    <nav class="phone-tabs" aria-label={t("live.tabs")}>
      {PHONE_TABS.map((one) => (
        <button
          key={one}
          type="button"
          class="phone-tab"
          aria-current={one === active ? "page" : undefined}
          onClick={() => {
            model.tab.value = one;
          }}
        >
          <DeskIcon name={TAB_ICONS[one]} size={22} />
          <span>{t(`tab.${one}`)}</span>
          <TabBadge {...props} tab={one} />
        </button>
      ))}
    </nav>
  );
}
