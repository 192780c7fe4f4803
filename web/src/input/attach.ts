import type { Point } from "../core/camera";
import { Gestures, LONG_PRESS_MS, type PointerInput } from "./gestures";
import type { Intent, PointerKind, Sink } from "./intent";
import { isSheetKey, keyIntent } from "./keys";
import { Wheel } from "./wheel";

export type { Intent, PointerKind, Sink } from "./intent";

export interface InputOptions {
  /** Whether keys are heard now: not while a dialog is open, nor where somebody turned them off. */
  readonly keysEnabled?: () => boolean;
}

/**
 * Turns pointers, wheels and keys over `element` into intents, until the returned function is
 * called. The element should be focusable; the keys that press buttons elsewhere (arrows, Enter,
 * Space) are heard only while it, or nothing, has the focus.
 */
export function attachInput(
  element: HTMLElement,
  sink: Sink,
  options: InputOptions = {},
): () => void {
  const input = new Input(element, sink, options.keysEnabled ?? (() => true));
  return () => input.detach();
}

class Input {
  private readonly element: HTMLElement;
  private readonly sink: Sink;
  private readonly keysEnabled: () => boolean;
  private readonly listeners = new AbortController();
  private readonly gestures = new Gestures(pixelRatio);
  private readonly wheel = new Wheel(pixelRatio);
  private longPressTimer: ReturnType<typeof setTimeout> | undefined;
  /** Whether Space went down on the sheet and nothing was dragged since. */
  private spacePlaces = false;

  constructor(element: HTMLElement, sink: Sink, keysEnabled: () => boolean) {
    this.element = element;
    this.sink = sink;
    this.keysEnabled = keysEnabled;
    element.style.touchAction = "none";
    const { signal } = this.listeners;
    const pointer = { signal };
    element.addEventListener("pointerdown", (event) => this.pointerDown(event), pointer);
    element.addEventListener("pointermove", (event) => this.pointerMove(event), pointer);
    element.addEventListener("pointerup", (event) => this.pointerUp(event), pointer);
    element.addEventListener("pointercancel", (event) => this.pointerCancel(event), pointer);
    element.addEventListener("pointerleave", () => this.pointerLeave(), pointer);
    const active = { signal, passive: false };
    element.addEventListener("wheel", (event) => this.wheelTurned(event), active);
    // Safari's own pinch would zoom the page, and a long press would open a menu over the cell.
    element.addEventListener("gesturestart", (event) => event.preventDefault(), active);
    element.addEventListener("contextmenu", (event) => this.contextMenu(event), active);
    // A middle click would begin to scroll.
    element.addEventListener(
      "mousedown",
      (event) => event.button === 1 && event.preventDefault(),
      active,
    );
    window.addEventListener("keydown", (event) => this.keyDown(event), { signal });
    window.addEventListener("keyup", (event) => this.keyUp(event), { signal });
  }

  detach(): void {
    this.listeners.abort();
    clearTimeout(this.longPressTimer);
  }

  private pointerDown(event: PointerEvent): void {
    this.element.setPointerCapture(event.pointerId);
    this.gestures.down(this.pointer(event));
    clearTimeout(this.longPressTimer);
    if (event.pointerType === "mouse" || !this.gestures.holding) return;
    this.longPressTimer = setTimeout(() => this.emit(this.gestures.longPress()), LONG_PRESS_MS);
  }

  private pointerMove(event: PointerEvent): void {
    this.emit(this.gestures.move(this.pointer(event)));
    if (!this.gestures.holding) clearTimeout(this.longPressTimer);
    if (this.gestures.dragging) this.spacePlaces = false;
  }

  private pointerUp(event: PointerEvent): void {
    clearTimeout(this.longPressTimer);
    this.emit(this.gestures.up(this.pointer(event)));
  }

  private pointerCancel(event: PointerEvent): void {
    clearTimeout(this.longPressTimer);
    this.gestures.cancel(event.pointerId);
  }

  private pointerLeave(): void {
    if (!this.gestures.active) this.sink({ type: "hover", at: null });
  }

  private wheelTurned(event: WheelEvent): void {
    event.preventDefault();
    // The mode comes first: a browser that is not asked for it gives a wheel's lines as pixels.
    const { deltaMode, deltaX, deltaY, ctrlKey: ctrl, shiftKey: shift, timeStamp: timeMs } = event;
    const { wheelDeltaY } = event as WheelEvent & { wheelDeltaY?: number };
    const at = this.point(event);
    this.sink(this.wheel.turn({ at, deltaX, deltaY, deltaMode, wheelDeltaY, ctrl, shift, timeMs }));
  }

  private contextMenu(event: MouseEvent): void {
    const { pointerType } = event as MouseEvent & { pointerType?: string };
    if (pointerType !== "mouse") event.preventDefault();
  }

  private keyDown(event: KeyboardEvent): void {
    if (!this.hears(event)) return;
    if (event.key === " ") {
      event.preventDefault();
      if (!event.repeat) this.spacePlaces = true;
      return;
    }
    const { key, code, shiftKey: shift, repeat } = event;
    const intent = keyIntent({ key, code, shift, repeat }, pixelRatio());
    if (intent === null) return;
    event.preventDefault();
    this.sink(intent);
  }

  private keyUp(event: KeyboardEvent): void {
    if (event.key !== " ") return;
    const places = this.spacePlaces && this.hears(event);
    this.spacePlaces = false;
    if (places) this.sink({ type: "place", at: null, pointer: "keyboard" });
  }

  private hears(event: KeyboardEvent): boolean {
    // Some layouts write brackets with AltGr, which looks like Control and Alt.
    const command = (event.ctrlKey || event.altKey) && !event.getModifierState("AltGraph");
    if (event.defaultPrevented || event.metaKey || command) return false;
    if (event.isComposing || !this.keysEnabled()) return false;
    const { target } = event;
    const onSheet = target === this.element || target === this.element.ownerDocument.body;
    return onSheet || (!isSheetKey(event.key) && !isEditable(target));
  }

  private pointer(event: PointerEvent): PointerInput {
    const { pointerId: id, button, shiftKey: shift, altKey: alt } = event;
    const kind = KINDS[event.pointerType] ?? "mouse";
    return { id, kind, at: this.point(event), button, shift, alt };
  }

  private point(event: MouseEvent): Point {
    const { left, top } = this.element.getBoundingClientRect();
    const ratio = pixelRatio();
    return { x: (event.clientX - left) * ratio, y: (event.clientY - top) * ratio };
  }

  private emit(intents: readonly Intent[]): void {
    for (const intent of intents) this.sink(intent);
  }
}

const KINDS: Readonly<Record<string, PointerKind | undefined>> = {
  mouse: "mouse",
  pen: "pen",
  touch: "touch",
};

function pixelRatio(): number {
  return window.devicePixelRatio;
}

function isEditable(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest("input, textarea, select, [contenteditable]") !== null
  );
}
