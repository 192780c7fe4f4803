import { useEffect, useState } from "preact/hooks";
import { IconButton } from "../../controls";
import { Icon } from "../../icon";
import { Problem, Switch } from "../fields";
import { DeskIcon } from "../icon";
import { removed, replaced } from "../lists";
import { nextTeam, TEAMS_MAX } from "../wish";
import { TeamInputs, TeamRuleField } from "../wish-fields";
import { t, tn } from "../words";
import type { LiveProps, TeamDraft } from "./model";

/** The teams: what they are called, their color, and where they draw. */
export function TeamsPanel(props: LiveProps) {
  const { model, act } = props;
  const known = model.canvas.lesson.value?.teams ?? [];
  const [drafts, setDrafts] = useState<readonly TeamDraft[]>(known);
  const [problem, setProblem] = useState("");
  const knownText = JSON.stringify(known);
  // What others change comes in; what is being typed here goes out with "Save".
  useEffect(() => setDrafts(known), [knownText]);
  useEffect(() => {
    model.tool.value = "area";
    return () => {
      model.tool.value = "draw";
      model.area.value = null;
    };
  }, []);
  const isChanged = JSON.stringify(drafts) !== knownText;
  const save = async () => {
    const wrong = drafts.some(({ name }) => name.trim() === "") ? t("form.team_empty") : "";
    setProblem(wrong || ((await act.setTeams(drafts)) ?? ""));
  };
  const rule = model.canvas.lesson.value?.team_rule ?? "choose";
  const seats = model.desk.value?.seats ?? [];
  return (
    <>
      {drafts.length === 0 && <p class="desk-hint panel-note">{t("teams.none")}</p>}
      <ul class="team-rows">
        {drafts.map((team, at) => (
          <TeamRow
            key={at}
            {...props}
            team={team}
            at={at}
            people={seats.filter((seat) => team.number && seat.team === team.number).length}
            onChange={(next) => setDrafts(replaced(drafts, at, next))}
            onRemove={() => setDrafts(removed(drafts, at))}
          />
        ))}
      </ul>
      <div class="row">
        {drafts.length < TEAMS_MAX && (
          <button
            type="button"
            class="button button-small"
            onClick={() =>
              setDrafts([...drafts, { ...nextTeam(drafts), region: null, is_confined: false }])
            }
          >
            <Icon name="plus" size={16} />
            {t("team.add")}
          </button>
        )}
        {isChanged && (
          <button type="button" class="button button-small button-accent" onClick={save}>
            {t("teams.save")}
          </button>
        )}
      </div>
      <Problem text={problem} />
      {known.length > 0 && (
        <section class="panel-part">
          <TeamRuleField value={rule} onChoose={(team_rule) => act.change({ team_rule })} />
          <div class="deeds">
            <button type="button" class="button button-small" onClick={() => act.deal(false)}>
              <DeskIcon name="shuffle" size={16} />
              {t("teams.deal_rest")}
            </button>
            <button type="button" class="button button-small" onClick={() => act.deal(true)}>
              {t("teams.deal")}
            </button>
          </div>
        </section>
      )}
    </>
  );
}

interface TeamRowProps extends LiveProps {
  team: TeamDraft;
  at: number;
  people: number;
  onChange: (team: TeamDraft) => void;
  onRemove: () => void;
}

function TeamRow({ model, act, team, at, people, onChange, onRemove }: TeamRowProps) {
  const chosen = model.area.value;
  const { region } = team;
  return (
    <li class="team-edit">
      <div class="team-row">
        <TeamInputs
          team={team}
          at={at}
          onChange={({ name, color }) => onChange({ ...team, name, color })}
        />
        <IconButton icon="x" label={t("team.remove", { name: team.name })} onClick={onRemove} />
      </div>
      <div class="row team-region">
        <span class="desk-hint">{tn("desk.people", people)}</span>
        {region && (
          <button type="button" class="text-button" onClick={() => act.lookAt(region)}>
            {t("area.at", { ...region })}
          </button>
        )}
        {chosen && (
          <button
            type="button"
            class="button button-small"
            onClick={() => {
              onChange({ ...team, region: chosen });
              model.area.value = null;
            }}
          >
            {t("teams.region_set")}
          </button>
        )}
        {region && (
          <button
            type="button"
            class="button button-small"
            onClick={() => onChange({ ...team, region: null, is_confined: false })}
          >
            {t("teams.region_drop")}
          </button>
        )}
        {!region && !chosen && <span class="desk-hint">{t("teams.region_lead")}</span>}
      </div>
      {region && (
        <Switch
          label={t("teams.confined")}
          on={team.is_confined}
          onChange={(is_confined) => onChange({ ...team, is_confined })}
        />
      )}
    </li>
  );
}
