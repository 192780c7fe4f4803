import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { IconButton } from "./controls";
import { t } from "./strings";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  class?: string;
}

/**
 * A sheet over the page. <dialog> brings the focus trap, Escape and the top
 * layer; a click beside the sheet closes it, too.
 */
export function Dialog({ title, onClose, children, ...rest }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);

  // Before what is in it takes the focus: opening it would take that away again.
  useLayoutEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      // It is gone from the page already, too late for the browser to give the focus back.
      if (document.activeElement === document.body && before instanceof HTMLElement) before.focus();
    };
  }, []);

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape does the same, by the cancel event
    <dialog
      ref={ref}
      class={`sheet ${rest.class ?? ""}`}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      <div class="sheet-body">
        <header class="sheet-head">
          {/* The focus goes here first, not to a button that would close it. */}
          <h2 class="sheet-title" tabIndex={-1} autofocus>
            {title}
          </h2>
          <IconButton icon="x" label={t("tool.close")} onClick={onClose} />
        </header>
        {children}
      </div>
    </dialog>
  );
}
