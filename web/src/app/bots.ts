import * as classroom from "../net/classroom";
import type { BotActions } from "../ui/model";
import { t } from "../ui/strings";
import { copyText } from "./clipboard";
import { trouble } from "./door";
import type { Session } from "./session";

/** What a student can do with programs that draw for them. */
export function botActions(self: () => Session): BotActions {
  return {
    list: () => classroom.bots(self().id),
    async make(name) {
      try {
        return { token: (await classroom.makeBot(self().id, name)).token };
      } catch (error) {
        return { text: trouble(error).text };
      }
    },
    async remove(seat) {
      try {
        await classroom.removeBot(self().id, seat);
        return null;
      } catch (error) {
        return { text: trouble(error).text };
      }
    },
    async copyToken(token) {
      const copied = await copyText(token);
      const { toaster } = self();
      toaster.say(
        t(copied ? "notice.token_copied" : "notice.copy_failed"),
        copied ? "good" : "plain",
      );
    },
  };
}
