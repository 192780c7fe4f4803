import { useEffect, useState } from "preact/hooks";
import { CardPage } from "../ui/card-page";
import { t } from "../ui/strings";
import { cardIn, hideFragment } from "./carried";
import { enterBy } from "./lobby";
import { LOBBY_PATH } from "./places";

/** A personal card was scanned: its seat is taken, and the canvas opened. */
export function Card() {
  const [card] = useState(() => cardIn(location.hash));
  const [problem, setProblem] = useState<string | null>(null);
  const use = async () => {
    setProblem(null);
    const refused = card === null ? { text: t("enter.empty") } : await enterBy(card, true);
    if (refused) setProblem(refused.text);
  };
  useEffect(() => {
    document.title = t("app.name");
    hideFragment();
    use();
  }, []);
  return <CardPage problem={problem} lobbyHref={LOBBY_PATH} onRetry={card === null ? null : use} />;
}
