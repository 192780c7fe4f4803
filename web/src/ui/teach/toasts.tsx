import type { Signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { IconButton } from "../controls";
import { DeskIcon } from "./icon";
import { t } from "./words";

export interface Saying {
  id: number;
  text: string;
  tone: "plain" | "warn";
  onUndo?: () => unknown;
}

interface Props {
  sayings: Signal<readonly Saying[]>;
  onDismiss: (id: number) => void;
}

/** What was just done, each with its way back. */
export function DeskToasts({ sayings, onDismiss }: Props) {
  const from = useRef<HTMLElement | null>(null);
  /** What is pressed here goes away; the keys go on where they came from. */
  const back = () => {
    if (from.current?.isConnected) from.current.focus();
  };
  return (
    <div
      class="sayings"
      role="status"
      onFocusIn={({ currentTarget, relatedTarget }) => {
        const isOutside =
          relatedTarget instanceof HTMLElement && !currentTarget.contains(relatedTarget);
        if (isOutside) from.current = relatedTarget;
      }}
    >
      {sayings.value.map((saying) => (
        <div key={saying.id} class="saying" data-tone={saying.tone}>
          <span class="saying-text">{saying.text}</span>
          {saying.onUndo && (
            <button
              type="button"
              class="saying-undo"
              onClick={() => {
                saying.onUndo?.();
                back();
              }}
            >
              <DeskIcon name="undo-2" size={16} />
              {t("saying.undo")}
            </button>
          )}
          <IconButton
            icon="x"
            label={t("notice.dismiss")}
            onClick={() => {
              onDismiss(saying.id);
              back();
            }}
          />
        </div>
      ))}
    </div>
  );
}
