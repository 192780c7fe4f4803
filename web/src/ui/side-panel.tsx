import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { IconButton } from "./controls";
import { t } from "./strings";

interface Props {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
}

/** Where one can write at once; on a touch screen that would bring up the keyboard unasked. */
function firstFocus(panel: HTMLElement): HTMLElement | null {
  const field = matchMedia("(pointer: fine)").matches
    ? panel.querySelector<HTMLElement>(".composer-field")
    : null;
  return field ?? panel.querySelector<HTMLElement>(".side-title");
}

/**
 * Beside the canvas, never over it; on a phone in its place. Closing gives the focus back to
 * where it came from.
 */
export function SidePanel({ title, onClose, children }: Props) {
  const panel = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    if (panel.current) firstFocus(panel.current)?.focus({ preventScroll: true });
    return () => {
      const { activeElement } = document;
      const isLost = activeElement === document.body || activeElement === null;
      if (isLost && before instanceof HTMLElement) before.focus();
    };
  }, []);
  const keyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    onClose();
  };
  return (
    <aside ref={panel} class="side" aria-label={title} onKeyDown={keyDown}>
      <header class="side-head">
        <h2 class="side-title" tabIndex={-1}>
          {title}
        </h2>
        <IconButton icon="x" label={t("tool.close")} onClick={onClose} />
      </header>
      <div class="side-body">{children}</div>
    </aside>
  );
}
