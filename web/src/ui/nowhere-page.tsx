import { Empty } from "./controls";
import { t } from "./strings";

export function NowherePage({ lobbyHref }: { lobbyHref: string }) {
  return (
    <main class="page page-centered">
      <Empty title={t("missing.page.title")} text={t("missing.page.text")}>
        <a class="button button-accent" href={lobbyHref}>
          {t("missing.back")}
        </a>
      </Empty>
    </main>
  );
}
