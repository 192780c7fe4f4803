import type { TeamInfo } from "../core/protocol.gen";
import { inkOn } from "./color";
import { t } from "./strings";

interface Props {
  teams: readonly TeamInfo[];
  /** 0: none yet. */
  chosen: number;
  onChoose: (number: number) => void;
}

/** The teams as their colors; arrow keys go from one to the next. */
export function TeamChoice({ teams, chosen, onChoose }: Props) {
  return (
    <fieldset class="teams">
      <legend class="field-label">{t("join.team")}</legend>
      {teams.map(({ number, name, color }) => (
        <label key={number} class="team" style={{ "--team": color, "--team-ink": inkOn(color) }}>
          <input
            type="radio"
            name="team"
            value={number}
            checked={number === chosen}
            onChange={() => onChoose(number)}
          />
          <span class="team-dot" style={{ background: color }} />
          <span class="team-name">{name}</span>
        </label>
      ))}
    </fieldset>
  );
}
