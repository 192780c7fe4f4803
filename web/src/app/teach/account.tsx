import { useEffect, useState } from "preact/hooks";
import type { Teacher } from "../../core/desk";
import * as api from "../../net/desk";
import { type Account, type AccountActions, AccountSheet } from "../../ui/teach/account-sheet";
import { t } from "../../ui/teach/words";
import { copyText } from "../clipboard";
import { DESK_PATH } from "../places";
import { attempt } from "./said";
import type { Sayings } from "./sayings";

interface Props {
  teacher: Teacher;
  sayings: Sayings;
  onClose: () => void;
  onLeft: () => void;
}

/** The account of the teacher, loaded when it is looked at. */
export function AccountDialog({ teacher, sayings, onClose, onLeft }: Props) {
  const [account, setAccount] = useState<Account>({ logins: null, tokens: null });
  const load = async () => {
    const refused = await attempt(async () => {
      const [logins, tokens] = await Promise.all([api.logins(), api.tokens()]);
      setAccount({ logins, tokens });
    });
    if (refused !== null) sayings.say(refused, { tone: "warn" });
  };
  useEffect(() => {
    load();
  }, []);
  /** Does it, and loads anew; what went wrong is said. */
  const then = async <T,>(run: () => Promise<T>): Promise<T | null> => {
    let made: T | null = null;
    const refused = await attempt(async () => {
      made = await run();
    });
    if (refused === null) await load();
    else sayings.say(refused, { tone: "warn" });
    return made;
  };
  const actions: AccountActions = {
    async changePassword(old, next) {
      const refused = await attempt(() => api.changePassword(old, next));
      if (refused === null) {
        sayings.say(t("account.password_done"));
        load();
      }
      return refused;
    },
    endLogin: (id) => then(() => api.endLogin(id)),
    makeToken: (label) => then(() => api.makeToken(label)),
    revokeToken: (id) => then(() => api.revokeToken(id)),
    async invite() {
      const made = await then(api.inviteColleague);
      return made && new URL(`${DESK_PATH}#link=${made.link}`, document.baseURI).href;
    },
    copy: async (text) => sayings.say(t((await copyText(text)) ? "copy.done" : "copy.failed")),
    async logOut() {
      await then(api.logOut);
      onLeft();
    },
  };
  return <AccountSheet teacher={teacher} account={account} actions={actions} onClose={onClose} />;
}
