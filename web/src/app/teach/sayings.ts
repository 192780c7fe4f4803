import { type Signal, signal } from "@preact/signals";
import type { Saying } from "../../ui/teach/toasts";

/** Long enough to see that it was the wrong one, and to reach for Undo. */
const SAYING_MS = 10_000;
/** Two deeds one after the other can both still be undone. */
const SAYINGS_MAX = 2;

export interface Sayings {
  all: Signal<readonly Saying[]>;
  say(text: string, options?: { tone?: Saying["tone"]; undo?: () => unknown }): void;
  dismiss(id: number): void;
}

/** What was just done, for a while, each with a way back where there is one. */
export function createSayings(): Sayings {
  const all: Sayings["all"] = signal([]);
  let lastId = 0;
  const dismiss = (id: number) => {
    all.value = all.value.filter((saying) => saying.id !== id);
  };
  return {
    all,
    say(text, { tone = "plain", undo } = {}) {
      const id = ++lastId;
      const onUndo =
        undo &&
        (() => {
          dismiss(id);
          undo();
        });
      const saying: Saying = { id, text, tone, ...(onUndo && { onUndo }) };
      all.value = [...all.value, saying].slice(-SAYINGS_MAX);
      setTimeout(() => dismiss(id), SAYING_MS);
    },
    dismiss,
  };
}
