import type { Scores } from "../core/door";
import type { Lesson, Person } from "../core/protocol.gen";
import type { CanvasActions, CanvasModel } from "./model";
import { RoleMark } from "./role-mark";
import { SidePanel } from "./side-panel";
import { t } from "./strings";

/** Who is here, by team, and what they have drawn where that is told. */
export function PeopleSide({ model, actions }: { model: CanvasModel; actions: CanvasActions }) {
  const lesson = model.lesson.value;
  const people = [...model.people.value.values()];
  const me = model.you.value?.seat ?? 0;
  if (!lesson) return null;
  const scores = lesson.scores ? model.scores.value : null;
  return (
    <SidePanel title={t("people.title")} onClose={() => actions.toggleSide("people")}>
      <div class="people">
        {scores && <TeamScores scores={scores} lesson={lesson} />}
        {groups(people, lesson).map(({ key, name, color, members }) => (
          <section key={key} class="people-group">
            <h3 class="people-team">
              {color !== null && <span class="team-dot" style={{ background: color }} />}
              {name}
              <span class="people-count">{members.length}</span>
            </h3>
            <ul>
              {members.map((person) => (
                <li key={person.seat} class="person">
                  <span class="person-name">{person.nickname ?? t("people.forgotten")}</span>
                  {person.seat === me && me !== 0 && (
                    <span class="person-me">{t("people.you")}</span>
                  )}
                  <RoleMark role={person.role} />
                </li>
              ))}
            </ul>
          </section>
        ))}
        {scores && <PeopleScores scores={scores} lesson={lesson} me={me} />}
      </div>
    </SidePanel>
  );
}

interface Group {
  key: string;
  name: string;
  color: string | null;
  members: Person[];
}

/** Teachers first, then team by team, then those without a team. */
function groups(people: readonly Person[], { teams }: Lesson): Group[] {
  const byName = [...people].sort((a, b) => (a.nickname ?? "").localeCompare(b.nickname ?? ""));
  const members = (belongs: (person: Person) => boolean) => byName.filter(belongs);
  const isTeacher = ({ role }: Person) => role === "teacher";
  const known = new Set(teams.map(({ number }) => number));
  return [
    { key: "teachers", name: t("people.teachers"), color: null, members: members(isTeacher) },
    ...teams.map(({ number, name, color }) => ({
      key: String(number),
      name,
      color,
      members: members((person) => !isTeacher(person) && person.team === number),
    })),
    {
      key: "others",
      name: t(teams.length > 0 ? "people.no_team" : "people.everybody"),
      color: null,
      members: members((person) => !isTeacher(person) && !known.has(person.team)),
    },
  ].filter((group) => group.members.length > 0);
}

function TeamScores({ scores, lesson }: { scores: Scores; lesson: Lesson }) {
  const teams = lesson.teams
    .map((team) => ({
      ...team,
      standing: scores.teams.find((score) => score.team === team.number)?.standing ?? 0,
    }))
    .sort((a, b) => b.standing - a.standing);
  const most = Math.max(1, ...teams.map(({ standing }) => standing));
  if (teams.length === 0) return null;
  return (
    <section class="people-group">
      <h3 class="people-team">{t("scores.teams")}</h3>
      <ul>
        {teams.map(({ number, name, color, standing }) => (
          <li key={number} class="score">
            <span class="score-name">{name}</span>
            <span class="score-count">{standing}</span>
            <span class="score-track" aria-hidden="true">
              <span
                class="score-bar"
                style={{ width: `${(standing / most) * 100}%`, background: color }}
              />
            </span>
          </li>
        ))}
      </ul>
      <p class="people-watching">{t("scores.what")}</p>
    </section>
  );
}

/** More than this is a list to get lost in. */
const TOP_PEOPLE = 10;

function PeopleScores({ scores, lesson, me }: { scores: Scores; lesson: Lesson; me: number }) {
  const people = scores.people.slice(0, TOP_PEOPLE);
  if (people.length === 0) return null;
  return (
    <section class="people-group">
      <h3 class="people-team">{t("scores.people")}</h3>
      <ol class="score-list">
        {people.map(({ seat, nickname, team, standing }) => (
          <li key={seat} class="person">
            <span
              class="team-dot"
              style={{
                background:
                  lesson.teams.find(({ number }) => number === team)?.color ?? "transparent",
              }}
            />
            <span class="person-name">{nickname ?? t("people.forgotten")}</span>
            {seat === me && me !== 0 && <span class="person-me">{t("people.you")}</span>}
            <span class="score-count">{standing}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
