import { type Signal, signal } from "@preact/signals";
import type { Toast, ToastTone } from "../ui/model";

/** Long enough to read a short sentence twice. */
const TOAST_MS = 4_500;

/** More than one would cover the sheet: the newest takes the place of the one before. */
const TOASTS_MAX = 1;

export interface Toaster {
  toasts: Signal<readonly Toast[]>;
  say(text: string, tone?: ToastTone): void;
  dismiss(id: number): void;
  clear(): void;
}

/** Short notices that go by themselves. Saying the same again only keeps it longer. */
export function createToaster(): Toaster {
  const toasts = signal<readonly Toast[]>([]);
  const timers = new Map<number, ReturnType<typeof setTimeout>>();
  let lastId = 0;

  const dismiss = (id: number) => {
    clearTimeout(timers.get(id));
    timers.delete(id);
    toasts.value = toasts.value.filter((toast) => toast.id !== id);
  };

  const say = (text: string, tone: ToastTone = "plain") => {
    const same = toasts.value.find((toast) => toast.text === text);
    const id = same?.id ?? ++lastId;
    if (same) clearTimeout(timers.get(id));
    else toasts.value = [...toasts.value, { id, tone, text }].slice(-TOASTS_MAX);
    timers.set(
      id,
      setTimeout(() => dismiss(id), TOAST_MS),
    );
  };

  const clear = () => {
    for (const { id } of toasts.value) dismiss(id);
  };

  return { toasts, say, dismiss, clear };
}
