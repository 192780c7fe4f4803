import { useState } from "preact/hooks";
import type { Desk } from "../../../core/desk";
import { Dialog } from "../../dialog";
import { Icon } from "../../icon";
import { formatCode } from "../code";
import { DeskIcon } from "../icon";
import { t } from "../words";
import type { Links, LiveActions, LiveProps } from "./model";

/** Another code is another picture: its address says so, or the old one would stay. */
const qrOf = (links: Links, code: string | null) => `${links.joinQr}?code=${code ?? ""}`;

/** The code that the class types, as a number to read out and as a picture to scan. */
export function CodeCard({ model, act, links }: LiveProps) {
  const desk = model.desk.value;
  const [large, setLarge] = useState(false);
  if (desk === null) return null;
  if (desk.settings.join === "open") {
    return (
      <section class="code-card float">
        <p>{t("code.everybody", { address: links.address })}</p>
        <button type="button" class="button button-small" onClick={() => act.copy(links.canvasUrl)}>
          <Icon name="link" size={16} />
          {t("code.copy")}
        </button>
      </section>
    );
  }
  if (desk.settings.join === "roster") {
    return (
      <section class="code-card float">
        <p>{t("code.roster")}</p>
        <a class="button button-small" href={links.cards}>
          <DeskIcon name="printer" />
          {t("cards.title")}
        </a>
      </section>
    );
  }
  if (desk.code === null) {
    return (
      <section class="code-card float">
        <p>{t("code.closed")}</p>
        <button type="button" class="button" onClick={() => act.changeCode("open")}>
          {t("code.open")}
        </button>
      </section>
    );
  }
  const url = desk.join_url;
  return (
    <section class="code-card float" aria-label={t("code.title")}>
      <button
        type="button"
        class="code-qr"
        aria-label={t("code.large")}
        onClick={() => setLarge(true)}
      >
        <img src={qrOf(links, desk.code)} alt="" width={84} height={84} />
      </button>
      <div class="code-words">
        <p class="code-letters">{formatCode(desk.code)}</p>
        <div class="code-tools">
          {url && (
            <button type="button" class="button button-small" onClick={() => act.copy(url)}>
              <Icon name="link" size={16} />
              {t("code.copy")}
            </button>
          )}
        </div>
      </div>
      {large && <CodeSheet desk={desk} act={act} links={links} onClose={() => setLarge(false)} />}
    </section>
  );
}

interface CodeSheetProps {
  desk: Desk;
  act: LiveActions;
  links: Links;
  onClose: () => void;
}

function CodeSheet({ desk, act, links, onClose }: CodeSheetProps) {
  return (
    <Dialog title={t("code.title")} onClose={onClose} class="code-sheet">
      <img class="code-sheet-qr" src={qrOf(links, desk.code)} alt={t("code.qr")} />
      <p class="code-sheet-letters">{formatCode(desk.code ?? "")}</p>
      <p class="join-lead">{t("code.lead", { address: links.address })}</p>
      <div class="row">
        <button type="button" class="button" onClick={() => act.changeCode("renew")}>
          {t("code.renew")}
        </button>
        <button
          type="button"
          class="button"
          onClick={() => {
            act.changeCode("close");
            onClose();
          }}
        >
          {t("code.close")}
        </button>
      </div>
      <p class="desk-hint">{t("code.renew_hint")}</p>
    </Dialog>
  );
}
