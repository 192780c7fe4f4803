import { ApiError } from "../../net/api";
import { t } from "../../ui/teach/words";

/** What to say about a request that failed: the server's own sentence where it has one. */
export function sayError(error: unknown): string {
  if (!(error instanceof ApiError)) throw error;
  if (error.status === 0) return t("desk.offline");
  return error.status === 401 ? t("desk.logged_out") : error.text;
}

/** Tries something; the answer is what went wrong, or null. */
export async function attempt(run: () => Promise<unknown>): Promise<string | null> {
  try {
    await run();
    return null;
  } catch (error) {
    return sayError(error);
  }
}
