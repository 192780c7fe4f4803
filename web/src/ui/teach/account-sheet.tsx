import { useState } from "preact/hooks";
import type { Key, Teacher } from "../../core/desk";
import { IconButton } from "../controls";
import { Dialog } from "../dialog";
import { formatDayTime } from "../format";
import { CopyField } from "./copy-field";
import { PASSWORD_MIN_CHARS } from "./door-pages";
import { TextField } from "./fields";
import { SureButton } from "./sure-button";
import { TryForm } from "./try-form";
import { t } from "./words";

/** What opens an account; null while it is loading. */
export interface Account {
  logins: readonly Key[] | null;
  tokens: readonly Key[] | null;
}

export interface AccountActions {
  changePassword(old: string, next: string): Promise<string | null>;
  endLogin(id: number): void;
  /** The new token's secret, or null with a problem told elsewhere. */
  makeToken(label: string): Promise<string | null>;
  revokeToken(id: number): void;
  /** The link for a colleague. */
  invite(): Promise<string | null>;
  copy(text: string): void;
  logOut(): void;
}

interface Props {
  teacher: Teacher;
  account: Account;
  actions: AccountActions;
  onClose: () => void;
}

export function AccountSheet({ teacher, account, actions, onClose }: Props) {
  return (
    <Dialog title={teacher.name} onClose={onClose} class="sheet-account">
      <section class="account-part">
        <h3 class="sheet-subtitle">{t("account.logins")}</h3>
        <Keys
          keys={account.logins}
          end={t("account.end")}
          means={t("account.end_means")}
          onEnd={actions.endLogin}
        />
        <button type="button" class="button" onClick={actions.logOut}>
          {t("account.leave")}
        </button>
      </section>
      <Password actions={actions} />
      <Invitation actions={actions} />
      <Tokens tokens={account.tokens} actions={actions} />
    </Dialog>
  );
}

interface KeysProps {
  keys: readonly Key[] | null;
  end: string;
  /** What ending one means. */
  means: string;
  onEnd: (id: number) => void;
}

function Keys({ keys, end, means, onEnd }: KeysProps) {
  if (keys === null) return <p class="desk-hint">{t("loading")}</p>;
  return (
    <ul class="keys">
      {keys.map((key) => (
        <li key={key.id} class="key">
          <span class="key-words">
            <span class="key-label">{key.label}</span>
            <span class="desk-hint">
              {key.is_this
                ? t("account.this")
                : t("account.seen", { time: formatDayTime(key.seen_ms) })}
            </span>
          </span>
          {!key.is_this && (
            <SureButton
              text={end}
              about={key.label}
              consequence={means}
              onSure={() => onEnd(key.id)}
            />
          )}
        </li>
      ))}
    </ul>
  );
}

function Password({ actions }: { actions: AccountActions }) {
  const [old, setOld] = useState("");
  const [next, setNext] = useState("");
  const short = t("setup.password_short", { min: PASSWORD_MIN_CHARS });
  return (
    <details class="account-part fold">
      <summary>{t("account.password")}</summary>
      <TryForm
        check={() => ([...next].length < PASSWORD_MIN_CHARS ? short : "")}
        send={async () => {
          const refused = await actions.changePassword(old, next);
          if (refused === null) {
            setOld("");
            setNext("");
          }
          return refused;
        }}
        submit={t("account.password")}
      >
        <TextField
          label={t("account.password_old")}
          type="password"
          autocomplete="current-password"
          value={old}
          onValue={setOld}
        />
        <TextField
          label={t("account.password_new")}
          hint={t("account.password_hint")}
          type="password"
          autocomplete="new-password"
          value={next}
          onValue={setNext}
        />
      </TryForm>
    </details>
  );
}

function Invitation({ actions }: { actions: AccountActions }) {
  const [link, setLink] = useState<string | null>(null);
  return (
    <details class="account-part fold">
      <summary>{t("account.invite")}</summary>
      <p class="desk-hint">{t("account.invite_lead")}</p>
      {link === null ? (
        <button type="button" class="button" onClick={async () => setLink(await actions.invite())}>
          {t("account.invite_make")}
        </button>
      ) : (
        <CopyField label={t("account.invite_link")} text={link} onCopy={actions.copy} />
      )}
    </details>
  );
}

function Tokens({ tokens, actions }: { tokens: Account["tokens"]; actions: AccountActions }) {
  const [label, setLabel] = useState("");
  const [made, setMade] = useState<string | null>(null);
  return (
    <details class="account-part fold">
      <summary>{t("account.tokens")}</summary>
      <p class="desk-hint">{t("account.tokens_lead")}</p>
      <Keys
        keys={tokens}
        end={t("account.revoke")}
        means={t("account.revoke_means")}
        onEnd={actions.revokeToken}
      />
      {made !== null && (
        <div class="made">
          <CopyField label={t("account.token_once")} text={made} onCopy={actions.copy} />
          <IconButton icon="x" label={t("notice.dismiss")} onClick={() => setMade(null)} />
        </div>
      )}
      <TryForm
        check={() => (label.trim() === "" ? t("account.token_empty") : "")}
        send={async () => {
          setMade(await actions.makeToken(label.trim()));
          setLabel("");
          return null;
        }}
        submit={t("account.token_make")}
      >
        <TextField
          label={t("account.token_label")}
          value={label}
          maxLength={40}
          onValue={setLabel}
        />
      </TryForm>
    </details>
  );
}
