import type { Signal } from "@preact/signals";
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
  return (
    <div class="sayings" role="status">
      {sayings.value.map((saying) => (
        <div key={saying.id} class="saying" data-tone={saying.tone}>
          <span class="saying-text">{saying.text}</span>
          {saying.onUndo && (
            <button type="button" class="saying-undo" onClick={saying.onUndo}>
              <DeskIcon name="undo-2" size={16} />
              {t("saying.undo")}
            </button>
          )}
          <IconButton icon="x" label={t("notice.dismiss")} onClick={() => onDismiss(saying.id)} />
        </div>
      ))}
    </div>
  );
}
