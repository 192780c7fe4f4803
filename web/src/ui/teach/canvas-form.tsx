import { useEffect, useRef, useState } from "preact/hooks";
import { IconButton } from "../controls";
import { Icon } from "../icon";
import { Choice, NumberField, Problem, Switch, TextField } from "./fields";
import { Preview, Swatches } from "./form-preview";
import { HoursField } from "./hours-field";
import { removed, replaced } from "./lists";
import {
  CANVAS_NAME_MAX_CHARS,
  COOLDOWN_MAX_S,
  coverWords,
  FIRST_WISH,
  isNamed,
  nextTeam,
  type PaletteChoice,
  SAVED_MAX_PIXELS,
  SIDE_MAX_CELLS,
  SIDE_MIN_CELLS,
  SIZES,
  spanWords,
  TEAMS_MAX,
  type TeamDraft,
  type Wish,
  whyNot,
} from "./wish";
import { JoinField, LookField, PurgeField, TeamInputs, TeamRuleField } from "./wish-fields";
import { t } from "./words";

const COOLDOWNS_S = [0, 1, 5, 15, 60, 300];
const SAVED = [1, 5, 20, 60];
const UNDOS_S = [0, 5, 10, 30];

interface Props {
  palettes: readonly PaletteChoice[];
  onCreate: (wish: Wish) => Promise<string | null>;
  onCancel: () => void;
}

/** A new canvas, with what it will be like beside it. */
export function CanvasForm({ palettes, onCreate, onCancel }: Props) {
  const [wish, setWish] = useState<Wish>({ ...FIRST_WISH, palette: palettes[0]?.id ?? "" });
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const title = useRef<HTMLHeadingElement>(null);
  // Another page at the same address: whoever hears it, hears its name.
  useEffect(() => title.current?.focus(), []);
  const put = (change: Partial<Wish>) => {
    setProblem("");
    setWish((before) => ({ ...before, ...change }));
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    const wrong = whyNot(wish);
    if (wrong !== "") {
      setTried(true);
      return setProblem(wrong);
    }
    if (busy) return;
    setBusy(true);
    const refused = await onCreate(wish);
    setBusy(false);
    setProblem(refused ?? "");
  };
  // After what is wrong is marked.
  useEffect(() => {
    if (problem !== "") form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [problem]);
  return (
    <div class="page">
      <header class="page-head">
        <IconButton icon="arrow-left" label={t("form.back")} onClick={onCancel} />
        <p class="page-head-name">{t("desk.title")}</p>
      </header>
      <main class="page-main">
        <h1 ref={title} class="page-title" tabIndex={-1}>
          {t("form.title")}
        </h1>
        <form ref={form} class="form" onSubmit={submit} noValidate>
          <div class="form-fields">
            <Sheet wish={wish} tried={tried} palettes={palettes} put={put} />
            <Drawing wish={wish} tried={tried} put={put} />
            <People wish={wish} tried={tried} put={put} />
            <Teams wish={wish} tried={tried} put={put} />
            <Time wish={wish} tried={tried} put={put} />
          </div>
          <aside class="form-aside" aria-label={t("form.preview")}>
            <Preview wish={wish} palette={palettes.find(({ id }) => id === wish.palette)} />
            <Problem text={problem} />
            <button type="submit" class="button button-accent button-wide" aria-disabled={busy}>
              {busy ? t("join.busy") : t("form.submit")}
            </button>
          </aside>
        </form>
      </main>
    </div>
  );
}

interface PartProps {
  wish: Wish;
  /** What could not be sent is marked. */
  tried: boolean;
  put: (change: Partial<Wish>) => void;
}

function Sheet({ wish, tried, palettes, put }: PartProps & { palettes: readonly PaletteChoice[] }) {
  const size = SIZES.find(({ width, height }) => width === wish.width && height === wish.height);
  const [custom, setCustom] = useState(false);
  return (
    <section class="form-part float">
      <h2 class="form-part-title">{t("form.sheet")}</h2>
      <TextField
        label={t("form.name")}
        value={wish.name}
        placeholder={t("form.name_example")}
        maxLength={CANVAS_NAME_MAX_CHARS}
        invalid={tried && wish.name.trim() === ""}
        onValue={(name) => put({ name })}
      />
      <Choice
        legend={t("form.size")}
        options={[
          ...SIZES.map(({ key, width, height }) => ({
            value: key as string,
            label: t(`size.${key}`),
            hint: t("cells.size", { width, height }),
          })),
          { value: "custom", label: t("size.custom"), hint: t("size.custom_hint") },
        ]}
        value={custom ? "custom" : (size?.key ?? "custom")}
        onChoose={(key) => {
          const chosen = SIZES.find((one) => one.key === key);
          setCustom(chosen === undefined);
          if (chosen) put({ width: chosen.width, height: chosen.height });
        }}
      />
      {(custom || !size) && (
        <div class="form-pair">
          <NumberField
            label={t("form.width")}
            value={wish.width}
            min={SIDE_MIN_CELLS}
            max={SIDE_MAX_CELLS}
            onValue={(width) => put({ width })}
          />
          <NumberField
            label={t("form.height")}
            value={wish.height}
            min={SIDE_MIN_CELLS}
            max={SIDE_MAX_CELLS}
            onValue={(height) => put({ height })}
          />
        </div>
      )}
      <p class="desk-hint">{coverWords(wish)}</p>
      <fieldset class="desk-field">
        <legend class="field-label">{t("form.palette")}</legend>
        <div class="choice-cards">
          {palettes.map((palette) => (
            <label key={palette.id} class="choice-card palette-card">
              <input
                type="radio"
                name="palette"
                checked={palette.id === wish.palette}
                onChange={() => put({ palette: palette.id })}
              />
              <span class="chip-label">{palette.name}</span>
              <Swatches palette={palette} />
            </label>
          ))}
        </div>
      </fieldset>
    </section>
  );
}

function Drawing({ wish, put }: PartProps) {
  const spans = (seconds: readonly number[], zero: string) =>
    seconds.map((value) => ({ value, label: value === 0 ? zero : spanWords(value) }));
  const withOwn = (list: readonly number[], value: number) =>
    list.includes(value) ? list : [...list, value];
  return (
    <section class="form-part float">
      <h2 class="form-part-title">{t("form.drawing")}</h2>
      <Choice
        legend={t("form.cooldown")}
        options={spans(withOwn(COOLDOWNS_S, wish.cooldownS), t("form.cooldown_none"))}
        value={wish.cooldownS}
        onChoose={(cooldownS) => put({ cooldownS })}
      />
      {wish.cooldownS > 0 && (
        <Choice
          legend={t("form.saved")}
          options={withOwn(SAVED, wish.savedMax).map((value) => ({ value, label: String(value) }))}
          value={wish.savedMax}
          onChoose={(savedMax) => put({ savedMax })}
        />
      )}
      <Choice
        legend={t("form.undo")}
        options={spans(withOwn(UNDOS_S, wish.undoS), t("form.undo_none"))}
        value={wish.undoS}
        onChoose={(undoS) => put({ undoS })}
      />
      <details class="fold">
        <summary>{t("form.exact")}</summary>
        <div class="form-pair">
          <NumberField
            label={t("form.cooldown_s")}
            value={wish.cooldownS}
            min={0}
            max={COOLDOWN_MAX_S}
            onValue={(cooldownS) => put({ cooldownS })}
          />
          <NumberField
            label={t("form.saved")}
            value={wish.savedMax}
            min={1}
            max={SAVED_MAX_PIXELS}
            onValue={(savedMax) => put({ savedMax })}
          />
        </div>
      </details>
    </section>
  );
}

function People({ wish, put }: PartProps) {
  return (
    <section class="form-part float">
      <h2 class="form-part-title">{t("form.people")}</h2>
      <JoinField hints value={wish.join} onChoose={(join) => put({ join })} />
      <LookField value={wish.look} onChoose={(look) => put({ look })} />
      <Choice
        legend={t("form.chat")}
        options={(["on", "team", "off"] as const).map((value) => ({
          value,
          label: t(`chat_mode.${value}`),
        }))}
        value={wish.chat}
        onChoose={(chat) => put({ chat })}
      />
    </section>
  );
}

function Teams({ wish, tried, put }: PartProps) {
  const { teams } = wish;
  const setTeam = (at: number, team: TeamDraft) => put({ teams: replaced(teams, at, team) });
  const add = (count: number) => {
    const more = [...teams];
    for (let n = 0; n < count && more.length < TEAMS_MAX; n++) more.push(nextTeam(more));
    put({ teams: more });
  };
  return (
    <section class="form-part float">
      <h2 class="form-part-title">{t("form.teams")}</h2>
      <Switch
        label={t("form.teams_on")}
        on={teams.length > 0}
        onChange={(on) => (on ? add(2) : put({ teams: [] }))}
      />
      {teams.length > 0 && (
        <>
          <ul class="team-rows">
            {teams.map((team, at) => (
              <li key={at} class="team-row">
                <TeamInputs
                  team={team}
                  at={at}
                  invalid={tried && !isNamed(teams, at)}
                  onChange={(next) => setTeam(at, next)}
                />
                <IconButton
                  icon="x"
                  label={t("team.remove", { name: team.name })}
                  onClick={() => put({ teams: removed(teams, at) })}
                />
              </li>
            ))}
          </ul>
          {teams.length < TEAMS_MAX && (
            <button type="button" class="button button-small" onClick={() => add(1)}>
              <Icon name="plus" size={16} />
              {t("team.add")}
            </button>
          )}
          <TeamRuleField value={wish.teamRule} onChoose={(teamRule) => put({ teamRule })} />
        </>
      )}
    </section>
  );
}

function Time({ wish, put }: PartProps) {
  return (
    <section class="form-part float">
      <h2 class="form-part-title">{t("form.time")}</h2>
      <HoursField hours={wish.hours} onChange={(hours) => put({ hours })} />
      <PurgeField days={wish.purgeDays} onChange={(purgeDays) => put({ purgeDays })} />
    </section>
  );
}
