import "../ui/projector.css";
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import * as cam from "../core/camera";
import { NOTHING_CLOSED } from "../core/closed";
import type { Grid } from "../core/grid";
import { type ConnectionEvent, openConnection } from "../net/connection";
import { invitation, joinQrUrl } from "../net/desk";
import { lookingAs } from "../net/environment";
import { createRenderer, type Renderer } from "../render/renderer";
import { type ProjectorModel, ProjectorPage } from "../ui/projector-page";
import { t } from "../ui/teach/words";
import { readStageTheme } from "./stage-theme";
import { addressFor, homeAddress } from "./teach/address";

/** A code may be renewed while the projector runs. */
const INVITATION_MS = 10_000;

/** What the class sees on the wall: the canvas, how to join, and what is going on. */
export function Projector({ id }: { id: string }) {
  const [projector] = useState(() => new Wall(id));
  const { model } = projector;
  const name = model.info.value?.name;
  useEffect(() => {
    document.title = name === undefined ? t("app.name") : `${name} · ${t("app.name")}`;
  }, [name]);
  useEffect(() => projector.open(), []);
  return <ProjectorPage model={model} pictureReady={(canvas) => projector.show(canvas)} />;
}

/** Follows a canvas as an onlooker: the curtain hides it here, too. */
class Wall {
  readonly model: ProjectorModel;
  private readonly id: string;
  private grid: Grid | null = null;
  private renderer: Renderer | null = null;
  private canvas: HTMLCanvasElement | null = null;
  private frame = 0;

  constructor(id: string) {
    this.id = id;
    this.model = {
      address: signal(homeAddress()),
      qrUrl: joinQrUrl(id),
      info: signal(null),
      lesson: signal(null),
      online: signal(0),
      status: signal("connecting"),
      ended: signal(null),
      hidden: signal(false),
      hasPicture: signal(false),
      invitation: signal(null),
      announcements: signal([]),
      clockAheadMs: signal(0),
    };
  }

  open(): () => void {
    const connection = openConnection({
      id: this.id,
      onEvent: (event) => this.hear(event),
      environment: lookingAs("onlooker"),
    });
    const invite = () => this.invite();
    invite();
    const timer = setInterval(invite, INVITATION_MS);
    const letSleep = stayAwake();
    return () => {
      clearInterval(timer);
      connection.close();
      letSleep();
    };
  }

  /** Draws on this element; the answer ends that. */
  show(canvas: HTMLCanvasElement): () => void {
    this.canvas = canvas;
    this.renderer = createRenderer(canvas, { onLost: () => this.redraw() });
    const observer = new ResizeObserver(() => this.resize());
    observer.observe(canvas);
    this.resize();
    this.setBoard();
    return () => {
      observer.disconnect();
      cancelAnimationFrame(this.frame);
      this.frame = 0;
      this.renderer?.dispose();
      this.renderer = null;
      this.canvas = null;
    };
  }

  private hear(event: ConnectionEvent): void {
    const { model } = this;
    switch (event.type) {
      case "welcome":
        model.info.value = event.canvas;
        model.online.value = event.online;
        this.learn(event.lesson);
        return this.setBoard();
      case "lesson":
        return this.learn(event.lesson);
      case "board":
        this.grid = event.grid;
        model.hidden.value = false;
        model.hasPicture.value = true;
        return this.setBoard();
      case "delta":
        this.renderer?.touch(event.cells);
        return this.redraw();
      case "hidden":
        this.grid = null;
        model.hidden.value = true;
        model.hasPicture.value = false;
        return;
      case "presence":
        model.online.value = event.online;
        return;
      case "rules":
        if (model.info.value) model.info.value = { ...model.info.value, mode: event.mode };
        return;
      case "announcement":
        model.announcements.value = [...model.announcements.value, event.announcement];
        return;
      case "announcement_over":
        model.announcements.value = model.announcements.value.filter(({ id }) => id !== event.id);
        return;
      case "status":
        model.status.value = event.status;
        return;
      case "ended":
        model.ended.value = event.why;
        return;
      case "problem":
        if (event.error.status === 404 || event.error.status === 403) model.ended.value = "gone";
        return;
      default:
        // What is said to people in the class is not for the wall.
        return;
    }
  }

  private learn(lesson: NonNullable<ProjectorModel["lesson"]["value"]>): void {
    const { model } = this;
    model.lesson.value = lesson;
    model.clockAheadMs.value = lesson.now_ms - Date.now();
    model.announcements.value = lesson.announcements;
  }

  private async invite(): Promise<void> {
    try {
      const invited = await invitation(this.id);
      this.model.invitation.value = invited;
      this.model.address.value = addressFor(invited.url);
    } catch {
      // Without a teacher's log-in there is no code to be had; the picture does without.
    }
  }

  private setBoard(): void {
    const info = this.model.info.value;
    if (this.grid === null || info === null) return;
    this.renderer?.setBoard(this.grid, info.palette);
    this.redraw();
  }

  private resize(): void {
    if (!this.canvas) return;
    const { clientWidth, clientHeight } = this.canvas;
    this.renderer?.resize(clientWidth, clientHeight, devicePixelRatio);
    this.redraw();
  }

  private redraw(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  private draw(): void {
    const { canvas, grid } = this;
    if (!canvas || !grid) return;
    const size = {
      width: Math.round(canvas.clientWidth * devicePixelRatio),
      height: Math.round(canvas.clientHeight * devicePixelRatio),
    };
    this.renderer?.draw({
      camera: cam.fit(size, grid),
      theme: readStageTheme(),
      gridLines: false,
      hover: null,
      cursor: null,
      pending: [],
      pops: [],
      shakes: [],
      regions: [],
      closed: NOTHING_CLOSED,
    });
  }
}

/** Keeps the screen on while the page is looked at, where the browser can; the answer ends it. */
function stayAwake(): () => void {
  let lock: WakeLockSentinel | null = null;
  let ended = false;
  const ask = async () => {
    if (document.hidden || ended || !("wakeLock" in navigator)) return;
    try {
      lock = await navigator.wakeLock.request("screen");
      if (ended) await lock.release();
    } catch {
      // A low battery or the browser's rules forbid it.
    }
  };
  ask();
  document.addEventListener("visibilitychange", ask);
  return () => {
    ended = true;
    document.removeEventListener("visibilitychange", ask);
    lock?.release().catch(() => {});
  };
}
