import { useEffect, useState } from "preact/hooks";
import type { Area, Owner } from "../../../core/desk";
import { formatDayTime, formatTime } from "../../format";
import { NumberField, Problem } from "../fields";
import { DeskIcon } from "../icon";
import { t, tn } from "../words";
import type { LiveProps } from "./model";

const MINUTE_MS = 60_000;
/** How far back the slider goes, in steps of its own: fine for the last minutes, coarse for days. */
const STEPS_MIN = [
  ...[1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 45, 60, 90],
  ...[2, 3, 4, 6, 8, 12, 24].map((hours) => hours * 60),
  ...[2, 3, 5, 7, 14, 30, 60, 90].map((days) => days * 24 * 60),
];

/** What can be done with a rectangle of the canvas. */
export function AreaPanel(props: LiveProps) {
  const { model } = props;
  const area = model.area.value;
  useEffect(() => {
    model.tool.value = "area";
    return () => {
      model.tool.value = "draw";
      model.area.value = null;
      props.act.clearGhost();
    };
  }, []);
  return (
    <>
      <p class="desk-hint panel-note">{area ? t("area.again") : t("area.lead")}</p>
      <p class="visually-hidden" role="status">
        {area && t("area.at", { ...area })}
      </p>
      <AreaFields {...props} area={area} />
      {area && <AreaDeeds key={keyOf(area)} {...props} area={area} />}
    </>
  );
}

const keyOf = ({ x, y, width, height }: Area) => `${x},${y},${width},${height}`;

/** The same by keyboard. */
function AreaFields({ model, act, area }: LiveProps & { area: Area | null }) {
  const info = model.canvas.info.value;
  if (!info) return null;
  const now = area ?? { x: 0, y: 0, width: info.width, height: info.height };
  const put = (change: Partial<Area>) => {
    const next = { ...now, ...change };
    model.area.value = {
      ...next,
      width: Math.min(next.width, info.width - next.x),
      height: Math.min(next.height, info.height - next.y),
    };
    act.clearGhost();
  };
  return (
    <details class="fold">
      <summary>{area ? t("area.at", { ...area }) : t("area.by_numbers")}</summary>
      <div class="area-fields">
        <NumberField
          label={t("area.x")}
          value={now.x}
          min={0}
          max={info.width - 1}
          onValue={(x) => put({ x })}
        />
        <NumberField
          label={t("area.y")}
          value={now.y}
          min={0}
          max={info.height - 1}
          onValue={(y) => put({ y })}
        />
        <NumberField
          label={t("form.width")}
          value={now.width}
          min={1}
          max={info.width - now.x}
          onValue={(width) => put({ width })}
        />
        <NumberField
          label={t("form.height")}
          value={now.height}
          min={1}
          max={info.height - now.y}
          onValue={(height) => put({ height })}
        />
      </div>
      <button
        type="button"
        class="button button-small"
        onClick={() => put({ x: 0, y: 0, width: info.width, height: info.height })}
      >
        {t("area.whole")}
      </button>
    </details>
  );
}

type AreaProps = LiveProps & { area: Area };

function AreaDeeds(props: AreaProps) {
  const { act, area } = props;
  return (
    <>
      <section class="panel-part">
        <h3 class="panel-subtitle">{t("area.do")}</h3>
        <div class="deeds">
          <button type="button" class="button button-small" onClick={() => act.fill(area, 0)}>
            <DeskIcon name="eraser" size={16} />
            {t("area.erase")}
          </button>
          <button type="button" class="button button-small" onClick={() => act.protect(area, true)}>
            <DeskIcon name="shield" size={16} />
            {t("area.protect")}
          </button>
          <button
            type="button"
            class="button button-small"
            onClick={() => act.protect(area, false)}
          >
            <DeskIcon name="shield-off" size={16} />
            {t("area.unprotect")}
          </button>
        </div>
        <FillColors {...props} />
      </section>
      <Restore {...props} />
      <Owners {...props} />
    </>
  );
}

function FillColors({ model, act, area }: AreaProps) {
  const palette = model.canvas.info.value?.palette ?? [];
  return (
    <details class="fold">
      <summary>{t("area.fill")}</summary>
      <div class="fill-colors">
        {palette.map(({ name, hex }, color) => (
          <button
            key={name}
            type="button"
            class="fill-color"
            style={{ background: hex }}
            aria-label={t("area.fill_with", { color: name })}
            title={name}
            onClick={() => act.fill(area, color)}
          />
        ))}
      </div>
    </details>
  );
}

/** Back to a moment; what that would look like is drawn on the canvas first. */
function Restore({ model, act, area }: AreaProps) {
  const [step, setStep] = useState(0);
  const [problem, setProblem] = useState("");
  const [atMs, setAtMs] = useState<number | null>(null);
  const ghost = model.ghost.value;
  const minutes = STEPS_MIN[step] ?? 1;
  const show = async (next: number) => {
    setStep(next);
    const moment =
      Date.now() + model.canvas.clockAheadMs.value - (STEPS_MIN[next] ?? 1) * MINUTE_MS;
    setAtMs(moment);
    setProblem((await act.previewRestore(area, moment)) ?? "");
  };
  return (
    <section class="panel-part">
      <h3 class="panel-subtitle" id="restore-title">
        {t("restore.title")}
      </h3>
      <input
        class="slider"
        type="range"
        min={0}
        max={STEPS_MIN.length - 1}
        step={1}
        value={STEPS_MIN.length - 1 - step}
        aria-labelledby="restore-title"
        aria-valuetext={agoWords(minutes)}
        onInput={(event) => show(STEPS_MIN.length - 1 - event.currentTarget.valueAsNumber)}
      />
      <div class="slider-ends" aria-hidden="true">
        <span>{agoWords(STEPS_MIN.at(-1) ?? 1)}</span>
        <span>{t("restore.now")}</span>
      </div>
      {atMs === null ? (
        <p class="desk-hint">{t("restore.lead")}</p>
      ) : (
        <div class="preview-deed">
          <p>
            <strong>{agoWords(minutes)}</strong>{" "}
            {minutes < 24 * 60 ? formatTime(atMs) : formatDayTime(atMs)}
            {ghost && <span class="preview-count">{tn("restore.count", ghost.cells)}</span>}
          </p>
          <button
            type="button"
            class="button button-accent button-small"
            aria-disabled={!ghost || ghost.cells === 0}
            onClick={() => {
              if (ghost && ghost.cells > 0) act.restore(area, atMs);
            }}
          >
            {t("restore.do")}
          </button>
        </div>
      )}
      <Problem text={problem} />
    </section>
  );
}

function agoWords(minutes: number): string {
  if (minutes < 120) return tn("ago.min", minutes);
  if (minutes < 48 * 60) return tn("ago.h", minutes / 60);
  return tn("ago.d", minutes / 60 / 24);
}

/** Who drew what stands there now. */
function Owners({ model, act, area }: AreaProps) {
  const [owners, setOwners] = useState<readonly Owner[] | null>(null);
  useEffect(() => {
    let left = false;
    act.owners(area).then((list) => {
      if (!left) setOwners(list);
    });
    return () => {
      left = true;
    };
  }, []);
  return (
    <section class="panel-part">
      <h3 class="panel-subtitle">{t("area.owners")}</h3>
      {owners === null && <p class="desk-hint">{t("loading")}</p>}
      {owners?.length === 0 && <p class="desk-hint">{t("area.nobody")}</p>}
      <ul class="owners">
        {owners?.map(({ seat, nickname, cells }) => (
          <li key={seat}>
            {seat === 0 ? (
              <span class="owner">
                <span class="pupil-name">{t("area.unowned")}</span>
                <span>{tn("area.cells", cells)}</span>
              </span>
            ) : (
              <button
                type="button"
                class="owner"
                onClick={() => {
                  model.seat.value = seat;
                }}
              >
                <span class="pupil-name">{nickname ?? t("people.someone")}</span>
                <span>{tn("area.cells", cells)}</span>
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
