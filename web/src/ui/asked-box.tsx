import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Lesson, TeamInfo } from "../core/protocol.gen";
import { IconButton } from "./controls";
import { Icon } from "./icon";
import type { Asked, CanvasActions, CanvasModel } from "./model";
import { t } from "./strings";

/** Its distance from the edges of the page and from its cell. */
const MARGIN_PX = 8;

/** Beside a cell: who placed what is on it. */
export function AskedBox({ model, actions }: { model: CanvasModel; actions: CanvasActions }) {
  const box = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState({ left: 0, top: 0 });
  const asked = model.asked.value;
  useLayoutEffect(() => {
    const size = box.current?.getBoundingClientRect();
    const room = box.current?.offsetParent?.getBoundingClientRect();
    if (!asked || !size || !room) return;
    const left = asked.at.left - room.left - size.width / 2;
    const above = asked.at.top - room.top - size.height - MARGIN_PX;
    setPlace({
      left: Math.max(MARGIN_PX, Math.min(left, room.width - size.width - MARGIN_PX)),
      // Over the cell, or where there is no room, well under it and its finger.
      top: above >= MARGIN_PX ? above : asked.at.top - room.top + 48,
    });
  }, [asked]);
  if (!asked) return null;
  const color = model.info.value?.palette[asked.color];
  const words = describeAnswer(asked.answer, model.lesson.value);
  const team = teamOf(asked, model.lesson.value?.teams ?? []);
  return (
    <div
      ref={box}
      class="asked float"
      style={{ left: `${place.left}px`, top: `${place.top}px` }}
      data-testid="asked"
    >
      <div class="asked-words">
        <p class="asked-who">
          {team && <span class="team-dot" style={{ background: team.color }} />}
          {words[0]}
        </p>
        {words.slice(1).map((line) => (
          <p key={line} class="asked-line">
            <Icon name="lock" size={14} />
            {line}
          </p>
        ))}
        <p class="asked-line">
          <span class="readout-color" style={{ background: color?.hex ?? "" }} />
          {t("spot.say", { x: asked.x, y: asked.y, color: color?.name ?? "" })}
        </p>
      </div>
      <IconButton icon="x" label={t("tool.close")} onClick={actions.closeAsked} />
    </div>
  );
}

function teamOf({ answer }: Asked, teams: readonly TeamInfo[]): TeamInfo | undefined {
  if (typeof answer === "string") return undefined;
  return teams.find(({ number }) => number === answer.by?.team);
}

/** The answer in words: who, then what else holds there. */
export function describeAnswer(
  answer: Asked["answer"],
  lesson: Pick<Lesson, "teams" | "names"> | null,
): [string, ...string[]] {
  if (answer === "loading") return [t("asked.loading")];
  if (answer === "failed") return [t("asked.failed")];
  const { by, isProtected, region } = answer;
  const teams = lesson?.teams ?? [];
  const named = (number: number | null) => teams.find((team) => team.number === number)?.name;
  const lines: string[] = [];
  if (isProtected) lines.push(t("asked.protected"));
  const owner = named(region);
  if (owner !== undefined) lines.push(t("asked.region", { team: owner }));
  const isUntold = by === null && lesson?.names === "nobody";
  const who = isUntold ? t("asked.untold") : whoIsIt(by, named(by?.team ?? null));
  return [who, ...lines];
}

function whoIsIt(by: Exclude<Asked["answer"], string>["by"], team: string | undefined): string {
  if (by === null) return t("asked.nobody");
  if (by.nickname !== null && team !== undefined) {
    return t("asked.by_of", { nickname: by.nickname, team });
  }
  if (by.nickname !== null) return t("asked.by", { nickname: by.nickname });
  if (team !== undefined) return t("asked.by_team", { team });
  return t(by.role === "teacher" ? "asked.by_teacher" : "asked.by_somebody");
}
