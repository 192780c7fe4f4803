import type { Door } from "../core/door";
import { Dialog } from "./dialog";
import { JoinForm } from "./join-form";
import type { CanvasActions } from "./model";
import { t } from "./strings";

interface Props {
  canvasName: string;
  actions: CanvasActions;
  door: Door | null;
  notLetIn: boolean;
  code: string;
  seated: boolean;
}

/** At the door. The canvas stays visible behind: that is the invitation. */
export function JoinSheet({ canvasName, seated, actions, ...rest }: Props) {
  return (
    <Dialog
      title={seated ? t("tool.nickname") : t("join.title", { name: canvasName })}
      onClose={actions.closeDialog}
      class="sheet-join"
    >
      <JoinForm actions={actions} seated={seated} onWatch={actions.closeDialog} {...rest} />
    </Dialog>
  );
}
