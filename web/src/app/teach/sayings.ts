import { type Signal, signal } from "@preact/signals";
import type { Saying } from "../../ui/teach/toasts";

/** Long enough to see that it was the wrong one, and to reach for Undo. */
const SAYING_MS = 10_000;
/** Two deeds one after the other can both still be undone. */
const SAYINGS_MAX = 2;

export interface Sayings {
  all: Signal<readonly Saying[]>;
  say(
    text: string,
    options?: { tone?: Saying["tone"]; undo?: () => unknown; topic?: string },
  ): void;
  dismiss(id: number): void;
}

/** A saying that takes the place of the last one about the same. */
interface Kept extends Saying {
  topic?: string | undefined;
}

/** What was just done, for a while, each with a way back where there is one. */
export function createSayings(): Sayings {
  const all = signal<readonly Kept[]>([]);
  let lastId = 0;
  const dismiss = (id: number) => {
    all.value = all.value.filter((saying) => saying.id !== id);
  };
  return {
    all,
    say(text, { tone = "plain", undo, topic } = {}) {
      const id = ++lastId;
      const onUndo =
        undo &&
        (() => {
          dismiss(id);
          undo();
        });
      const saying: Kept = { id, text, tone, topic, ...(onUndo && { onUndo }) };
      const others = all.value.filter((one) => topic === undefined || one.topic !== topic);
      all.value = [...others, saying].slice(-SAYINGS_MAX);
      setTimeout(() => dismiss(id), SAYING_MS);
    },
    dismiss,
  };
}
