import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { CARD_LETTERS, type Door, tidyCode } from "../core/door";
import { CodeField } from "./code-field";
import { type CanvasActions, type JoinAnswer, NICKNAME_MAX_CHARS } from "./model";
import { t } from "./strings";
import { TeamChoice } from "./team-choice";

interface Props {
  actions: CanvasActions;
  /** What it takes; null when that is not known (yet): then a nickname will do. */
  door: Door | null;
  /** Whether the teacher did not let this person in before. */
  notLetIn?: boolean;
  /** A class code that was brought along. */
  code: string;
  /** Whether there is a seat already, and only its nickname changes. */
  seated: boolean;
  /** Whether what it is about was said already. */
  withoutLead?: boolean;
  /** The way back out; null where there is none. */
  onWatch: (() => void) | null;
}

/** What one says at the door: a nickname, and what else it takes. */
export function JoinForm(props: Props) {
  const { door, seated } = props;
  const [byCard, setByCard] = useState(false);
  if (!seated && (byCard || door?.join === "roster")) {
    return <CardForm {...props} onBack={door?.join === "roster" ? null : () => setByCard(false)} />;
  }
  return <NameForm {...props} onCard={seated ? null : () => setByCard(true)} />;
}

const FIRST_PROBLEM: JoinAnswer = { text: "", field: null };

function NameForm({
  actions,
  door,
  code,
  seated,
  notLetIn,
  onWatch,
  onCard,
}: Props & { onCard: (() => void) | null }) {
  const [problem, setProblem] = useState(FIRST_PROBLEM);
  const [busy, setBusy] = useState(false);
  const [team, setTeam] = useState(0);
  // A code that was brought along is shown only when it turns out to be wrong.
  const [askCode, setAskCode] = useState(needsCode(door) && code === "");
  const nickname = useRef<HTMLInputElement>(null);
  const codeField = useRef<HTMLInputElement>(null);
  const teams = door?.team_rule === "choose" && !seated ? door.teams : [];
  useEffect(() => setAskCode(needsCode(door) && code === ""), [door]);
  useEffect(() => {
    // What it takes may be told late: whoever types a nickname already goes on with that.
    if (document.activeElement === nickname.current && nickname.current?.value) return;
    const first = askCode ? codeField.current : nickname.current;
    first?.focus();
    first?.select();
  }, [askCode]);

  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    const name = (nickname.current?.value ?? "").trim();
    const typed = tidyCode(askCode ? (codeField.current?.value ?? "") : code);
    const isCard = askCode && typed.length === CARD_LETTERS;
    const wrong = isCard ? FIRST_PROBLEM : check(name, askCode, typed, teams.length > 0, team);
    if (wrong.text !== "") return setProblem(wrong);
    setBusy(true);
    const refused = isCard
      ? await actions.useCard(typed)
      : await actions.join({ nickname: name, code: typed, team });
    setBusy(false);
    if (!refused) return;
    if (refused.field === "code") setAskCode(true);
    setProblem(refused);
    (refused.field === "code" ? codeField : nickname).current?.focus();
  };

  return (
    <form class="join" onSubmit={submit} noValidate>
      {notLetIn ? (
        <p class="join-lead join-again" role="alert">
          {t("join.not_let_in")}
        </p>
      ) : (
        <p class="join-lead">{t("join.lead")}</p>
      )}
      {askCode && (
        <CodeField
          inputRef={codeField}
          label={t("enter.label")}
          describedBy="join-problem"
          isWrong={problem.field === "code"}
          initial={code}
          onInput={() => setProblem(FIRST_PROBLEM)}
        />
      )}
      <label class="field">
        <span class="field-label">{t("join.nickname")}</span>
        <input
          ref={nickname}
          class="field-input"
          name="nickname"
          defaultValue={actions.suggestedNickname()}
          maxLength={NICKNAME_MAX_CHARS}
          autocomplete="off"
          autocapitalize="words"
          spellcheck={false}
          enterkeyhint="go"
          aria-invalid={problem.field === "nickname"}
          aria-describedby="join-problem"
          onInput={() => setProblem(FIRST_PROBLEM)}
        />
      </label>
      {teams.length > 0 && (
        <TeamChoice
          teams={teams}
          chosen={team}
          onChoose={(number) => {
            setTeam(number);
            setProblem(FIRST_PROBLEM);
          }}
        />
      )}
      <Problem>{problem.text}</Problem>
      <div class="join-actions">
        {onWatch && (
          <button type="button" class="button" onClick={onWatch}>
            {t(seated ? "tool.cancel" : "join.watch")}
          </button>
        )}
        <button type="submit" class="button button-accent" aria-disabled={busy}>
          {busy ? t("join.busy") : t(seated ? "join.rename" : "join.submit")}
        </button>
      </div>
      {onCard && (
        <button type="button" class="link-button" onClick={onCard}>
          {t("join.have_card")}
        </button>
      )}
    </form>
  );
}

function CardForm({
  actions,
  onWatch,
  onBack,
  withoutLead,
}: Props & { onBack: (() => void) | null }) {
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    const refused = await actions.useCard(field.current?.value ?? "");
    setBusy(false);
    if (!refused) return;
    setProblem(refused.text);
    field.current?.focus();
  };
  return (
    <form class="join" onSubmit={submit} noValidate>
      {!withoutLead && <p class="join-lead">{t(onBack ? "join.card_lead" : "join.roster_lead")}</p>}
      <CodeField
        inputRef={field}
        label={t("join.card")}
        describedBy="join-problem"
        isWrong={problem !== ""}
        onInput={() => setProblem("")}
      />
      <Problem>{problem}</Problem>
      <div class="join-actions">
        {(onBack ?? onWatch) && (
          <button type="button" class="button" onClick={() => (onBack ?? onWatch)?.()}>
            {t(onBack ? "join.no_card" : "join.watch")}
          </button>
        )}
        <button type="submit" class="button button-accent" aria-disabled={busy}>
          {t(busy ? "join.busy" : "join.submit")}
        </button>
      </div>
    </form>
  );
}

function Problem({ children }: { children: ComponentChildren }) {
  return (
    <p class="field-problem" id="join-problem" role="alert">
      {children}
    </p>
  );
}

function needsCode(door: Door | null): boolean {
  return door !== null && (door.join === "code" || door.join === "approve") && !door.key_ok;
}

function check(
  nickname: string,
  asksCode: boolean,
  code: string,
  asksTeam: boolean,
  team: number,
): JoinAnswer {
  if (asksCode && code === "") return { text: t("enter.needed"), field: "code" };
  if (nickname === "") return { text: t("join.empty"), field: "nickname" };
  if ([...nickname].length > NICKNAME_MAX_CHARS) {
    return { text: t("join.long", { max: NICKNAME_MAX_CHARS }), field: "nickname" };
  }
  return asksTeam && team === 0 ? { text: t("join.no_team"), field: "team" } : FIRST_PROBLEM;
}
