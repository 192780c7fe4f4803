import { setMaxListeners } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { attachInput, type Intent } from "./attach";
import { LONG_PRESS_MS } from "./gestures";

// Node warns about an eleventh listener; browsers don't.
setMaxListeners(20);

/** As much of an element as input touches. */
class FakeElement extends EventTarget {
  readonly style: Record<string, string> = {};
  readonly captured: number[] = [];
  readonly ownerDocument: { body: FakeElement | null };

  constructor(body: FakeElement | null = null, editable = false) {
    super();
    this.ownerDocument = { body };
    this.closest = () => (editable ? this : null);
  }

  closest: (selector: string) => FakeElement | null;
  setPointerCapture = (id: number) => this.captured.push(id);
  getBoundingClientRect = () => ({ left: 100, top: 50 });
}

let page: EventTarget;
let body: FakeElement;
let sheet: FakeElement;
let intents: Intent[];
let keysEnabled: boolean;
let detach: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  page = Object.assign(new EventTarget(), { devicePixelRatio: 2 });
  vi.stubGlobal("window", page);
  vi.stubGlobal("Element", FakeElement);
  body = new FakeElement();
  sheet = new FakeElement(body);
  intents = [];
  keysEnabled = true;
  detach = attachInput(sheet as unknown as HTMLElement, (intent) => intents.push(intent), {
    keysEnabled: () => keysEnabled,
  });
});

afterEach(() => {
  detach();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function fire(type: string, fields: object): Event {
  const event = Object.assign(new Event(type, { cancelable: true }), fields);
  sheet.dispatchEvent(event);
  return event;
}

function pointer(type: string, clientX: number, fields: object = {}): Event {
  const base = { pointerId: 1, pointerType: "touch", button: 0, clientX, clientY: 60 };
  return fire(type, { ...base, shiftKey: false, altKey: false, ...fields });
}

function key(type: string, name: string, target: EventTarget = sheet, fields: object = {}): Event {
  const event = new Event(type, { cancelable: true });
  Object.defineProperty(event, "target", { value: target });
  Object.assign(event, { key: name, code: "", ctrlKey: false, altKey: false, metaKey: false });
  Object.assign(event, { shiftKey: false, repeat: false, isComposing: false });
  Object.assign(event, { getModifierState: () => false, ...fields });
  page.dispatchEvent(event);
  return event;
}

describe("pointers", () => {
  it("are told in device pixels from the element's corner", () => {
    pointer("pointerdown", 107);
    pointer("pointerup", 107);
    expect(intents).toEqual([{ type: "place", at: { x: 14, y: 20 }, pointer: "touch" }]);
    expect([sheet.captured, sheet.style.touchAction]).toEqual([[1], "none"]);
  });

  it("held still ask about the cell, once", () => {
    pointer("pointerdown", 107);
    vi.advanceTimersByTime(LONG_PRESS_MS);
    pointer("pointerup", 107);
    expect(intents).toEqual([{ type: "inspect", at: { x: 14, y: 20 } }]);
  });

  it.each<[string, () => void]>([
    ["moved", () => pointer("pointermove", 150)],
    ["lifted", () => pointer("pointerup", 107)],
    ["cancelled", () => pointer("pointercancel", 107)],
    ["joined by another", () => pointer("pointerdown", 150, { pointerId: 2 })],
  ])("do not ask when %s in time", (_name, act) => {
    pointer("pointerdown", 107);
    act();
    vi.advanceTimersByTime(LONG_PRESS_MS);
    expect(intents.some(({ type }) => type === "inspect")).toBe(false);
  });

  it("hold a mouse button for as long as they like", () => {
    pointer("pointerdown", 107, { pointerType: "mouse" });
    vi.advanceTimersByTime(LONG_PRESS_MS);
    pointer("pointerup", 107, { pointerType: "mouse" });
    expect(intents[0]?.type).toBe("place");
  });

  it("leave no hover behind", () => {
    pointer("pointermove", 107, { pointerType: "mouse" });
    pointer("pointerleave", 0);
    expect(intents.map((intent) => intent.type === "hover" && intent.at)).toEqual([
      { x: 14, y: 20 },
      null,
    ]);
  });

  it("keep the page from zooming and the finger's menu away, not the mouse's", () => {
    const wheel = { deltaX: 0, deltaY: 100, deltaMode: 0, ctrlKey: true, shiftKey: false };
    expect(fire("wheel", { ...wheel, clientX: 0, clientY: 0 }).defaultPrevented).toBe(true);
    expect(fire("gesturestart", {}).defaultPrevented).toBe(true);
    expect(fire("contextmenu", { pointerType: "touch" }).defaultPrevented).toBe(true);
    expect(fire("contextmenu", { pointerType: "mouse" }).defaultPrevented).toBe(false);
  });
});

describe("keys", () => {
  it("are heard on the sheet and on the bare page", () => {
    expect(key("keydown", "ArrowUp").defaultPrevented).toBe(true);
    key("keydown", "Enter", body);
    expect(intents.map(({ type }) => type)).toEqual(["moveCursor", "place"]);
  });

  it("leave a button its own keys, and hear the rest", () => {
    const button = new FakeElement(body);
    expect(key("keydown", "Enter", button).defaultPrevented).toBe(false);
    key("keydown", " ", button);
    key("keyup", " ", button);
    key("keydown", "g", button);
    expect(intents.map(({ type }) => type)).toEqual(["toggleGrid"]);
  });

  it.each<[string, () => void]>([
    ["while somebody writes", () => key("keydown", "g", new FakeElement(body, true))],
    ["with Control", () => key("keydown", "c", sheet, { ctrlKey: true })],
    ["with Alt", () => key("keydown", "c", sheet, { altKey: true })],
    ["with Command", () => key("keydown", "c", sheet, { metaKey: true })],
    ["inside a composition", () => key("keydown", "c", sheet, { isComposing: true })],
  ])("mean nothing %s", (_name, press) => {
    press();
    expect(intents).toEqual([]);
  });

  it("mean nothing while turned off", () => {
    keysEnabled = false;
    key("keydown", "g");
    expect(intents).toEqual([]);
  });

  it("may be written with AltGr", () => {
    key("keydown", "]", sheet, { ctrlKey: true, altKey: true, getModifierState: () => true });
    expect(intents).toEqual([{ type: "stepColor", by: 1 }]);
  });

  it("place with Space when it is let go, once, unless something was dragged meanwhile", () => {
    key("keydown", " ");
    key("keydown", " ", sheet, { repeat: true });
    expect(intents).toEqual([]);
    key("keyup", " ");
    expect(intents).toEqual([{ type: "place", at: null, pointer: "keyboard" }]);
    key("keydown", " ");
    pointer("pointerdown", 107, { pointerType: "mouse" });
    pointer("pointermove", 150, { pointerType: "mouse" });
    key("keyup", " ");
    expect(intents.map(({ type }) => type)).toEqual(["place", "pan"]);
  });
});

it("hears nothing once detached", () => {
  pointer("pointerdown", 107);
  detach();
  pointer("pointerup", 107);
  key("keydown", "g");
  vi.advanceTimersByTime(LONG_PRESS_MS);
  expect(intents).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
