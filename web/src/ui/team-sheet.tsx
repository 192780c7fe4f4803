import { useState } from "preact/hooks";
import type { TeamInfo } from "../core/protocol.gen";
import { Dialog } from "./dialog";
import type { CanvasActions } from "./model";
import { t } from "./strings";
import { TeamChoice } from "./team-choice";

interface Props {
  teams: readonly TeamInfo[];
  team: number;
  actions: CanvasActions;
}

/** Changes to another team; at once, as with any choice. */
export function TeamSheet({ teams, team, actions }: Props) {
  const [problem, setProblem] = useState("");
  const [chosen, setChosen] = useState(team);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (chosen === 0) return setProblem(t("join.no_team"));
    const refused = await actions.chooseTeam(chosen);
    if (refused) setProblem(refused.text);
  };
  return (
    <Dialog title={t("tool.team")} onClose={actions.closeDialog}>
      <form onSubmit={submit}>
        <TeamChoice teams={teams} chosen={chosen} onChoose={setChosen} />
        <p class="field-problem" role="alert">
          {problem}
        </p>
        <div class="join-actions">
          <button type="button" class="button" onClick={actions.closeDialog}>
            {t("tool.cancel")}
          </button>
          <button type="submit" class="button button-accent">
            {t("team.choose")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
