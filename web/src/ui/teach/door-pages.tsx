import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Empty } from "../controls";
import { WordMark } from "../mark-view";
import { TextField } from "./fields";
import { TryForm } from "./try-form";
import { t } from "./words";

/** As the server counts: shorter ones are guessed. */
export const PASSWORD_MIN_CHARS = 8;
/** Longest name of a teacher, in characters. */
const NAME_MAX_CHARS = 60;

function Door({
  title,
  lead,
  children,
}: {
  title: string;
  lead: string;
  children: ComponentChildren;
}) {
  return (
    <main class="page desk-door">
      <div class="door-sheet float">
        <WordMark />
        <h1 class="sheet-title">{title}</h1>
        <p class="join-lead">{lead}</p>
        {children}
      </div>
    </main>
  );
}

interface SetupProps {
  /** Who chooses a new password; null for somebody new. */
  name: string | null;
  onSetUp: (name: string, password: string) => Promise<string | null>;
}

/** Where the printed link leads: a name and a password, and the desk is yours. */
export function SetupPage({ name, onSetUp }: SetupProps) {
  const [typedName, setName] = useState("");
  const [password, setPassword] = useState("");
  const check = () => {
    if (name === null && typedName.trim() === "") return t("setup.name_empty");
    if ([...password].length < PASSWORD_MIN_CHARS) {
      return t("setup.password_short", { min: PASSWORD_MIN_CHARS });
    }
    return "";
  };
  return (
    <Door
      title={name === null ? t("setup.title") : t("setup.again", { name })}
      lead={name === null ? t("setup.lead") : t("setup.again_lead")}
    >
      <TryForm
        check={check}
        send={() => onSetUp(typedName.trim(), password)}
        submit={t("setup.submit")}
      >
        {name === null && (
          <TextField
            label={t("login.name")}
            hint={t("setup.name_hint")}
            value={typedName}
            onValue={setName}
            name="username"
            autocomplete="username"
            maxLength={NAME_MAX_CHARS}
          />
        )}
        <TextField
          label={t("login.password")}
          hint={t("setup.password_hint", { min: PASSWORD_MIN_CHARS })}
          value={password}
          onValue={setPassword}
          type="password"
          name="password"
          autocomplete="new-password"
        />
      </TryForm>
    </Door>
  );
}

interface LoginProps {
  /** Whether somebody just set up or logged out: what to say first. */
  lead: string;
  onLogIn: (name: string, password: string) => Promise<string | null>;
}

export function LoginPage({ lead, onLogIn }: LoginProps) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  return (
    <Door title={t("login.title")} lead={lead}>
      <TryForm
        check={() => (name.trim() === "" || password === "" ? t("login.empty") : "")}
        send={() => onLogIn(name.trim(), password)}
        submit={t("login.submit")}
      >
        <TextField
          label={t("login.name")}
          value={name}
          onValue={setName}
          name="username"
          autocomplete="username"
        />
        <TextField
          label={t("login.password")}
          value={password}
          onValue={setPassword}
          type="password"
          name="password"
          autocomplete="current-password"
        />
      </TryForm>
      <p class="desk-hint">{t("login.forgotten")}</p>
    </Door>
  );
}

/** The link was used, or is too old. */
export function UsedLinkPage({ onLogIn }: { onLogIn: () => void }) {
  return (
    <main class="page page-centered">
      <Empty title={t("setup.used")} text={t("setup.used_text")}>
        <button type="button" class="button button-accent" onClick={onLogIn}>
          {t("login.submit")}
        </button>
      </Empty>
    </main>
  );
}
