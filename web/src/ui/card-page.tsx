import { Empty } from "./controls";
import { Loading } from "./mark-view";
import { t } from "./strings";

interface Props {
  /** What went wrong; null while the card is being read. */
  problem: string | null;
  lobbyHref: string;
  onRetry: (() => void) | null;
}

export function CardPage({ problem, lobbyHref, onRetry }: Props) {
  if (problem === null) return <Loading text={t("card.reading")} />;
  return (
    <main class="page page-centered">
      <Empty title={t("card.failed")} text={problem}>
        <div class="empty-actions">
          {onRetry && (
            <button type="button" class="button button-accent" onClick={onRetry}>
              {t("retry")}
            </button>
          )}
          <a class="button" href={lobbyHref}>
            {t("card.type_it")}
          </a>
        </div>
      </Empty>
    </main>
  );
}
