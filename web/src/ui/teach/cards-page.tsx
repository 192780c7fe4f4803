import { useState } from "preact/hooks";
import { Empty, IconLink } from "../controls";
import { formatCode } from "./code";
import { Choice, NumberField } from "./fields";
import { DeskIcon } from "./icon";
import { t, tn } from "./words";

/** So many fit on a page: two beside each other, five below. */
const CARDS_PER_PAGE = 10;
/** More unnamed cards than the largest class needs. */
const BLANK_MAX = 100;

export interface CardsData {
  canvasName: string;
  address: string;
  /** The class code; null while the door is closed. */
  code: string | null;
  joinQrUrl: string;
  people: readonly { seat: number; nickname: string; card: string; qrUrl: string }[];
}

interface Props {
  data: CardsData;
  liveHref: string;
  onPrint: () => void;
}

type Kind = "people" | "blank" | "poster";

export function CardsPage({ data, liveHref, onPrint }: Props) {
  const [kind, setKind] = useState<Kind>(data.people.length > 0 ? "people" : "blank");
  const [count, setCount] = useState(30);
  const pages = Math.ceil((kind === "people" ? data.people.length : count) / CARDS_PER_PAGE);
  return (
    <div class="page print-page">
      <header class="page-head no-print">
        <IconLink icon="arrow-left" label={t("cards.back")} href={liveHref} />
        <p class="page-head-name">{data.canvasName}</p>
      </header>
      <main class="page-main">
        <div class="no-print">
          <div class="desk-title-row">
            <h1 class="page-title">{t("cards.title")}</h1>
            <button type="button" class="button button-accent" onClick={onPrint}>
              <DeskIcon name="printer" />
              {t("cards.print")}
            </button>
          </div>
          <div class="cards-choice float">
            <Choice
              legend={t("cards.kind")}
              look="cards"
              options={(["people", "blank", "poster"] as const).map((value) => ({
                value,
                label: t(`cards.${value}`),
                hint: t(`cards.${value}_hint`),
              }))}
              value={kind}
              onChoose={setKind}
            />
            {kind === "blank" && (
              <NumberField
                label={t("cards.count")}
                value={count}
                min={1}
                max={BLANK_MAX}
                onValue={setCount}
              />
            )}
            {kind !== "poster" && <p class="desk-hint">{tn("cards.pages", pages)}</p>}
          </div>
        </div>
        <Sheets data={data} kind={kind} count={count} />
      </main>
    </div>
  );
}

function Sheets({ data, kind, count }: { data: CardsData; kind: Kind; count: number }) {
  if (kind === "people") {
    if (data.people.length === 0) {
      return <Empty title={t("cards.none")} text={t("cards.none_text")} />;
    }
    return (
      <ul class="print-cards">
        {data.people.map(({ seat, nickname, card, qrUrl }) => (
          <li key={seat}>
            <Card data={data} name={nickname} code={card} qrUrl={qrUrl} />
          </li>
        ))}
      </ul>
    );
  }
  if (data.code === null) return <Empty title={t("code.closed")} text={t("cards.code_closed")} />;
  if (kind === "poster") return <Poster data={data} code={data.code} />;
  const { code } = data;
  return (
    <ul class="print-cards">
      {Array.from({ length: count }, (_, at) => (
        <li key={at}>
          <Card data={data} name={null} code={code} qrUrl={data.joinQrUrl} />
        </li>
      ))}
    </ul>
  );
}

interface CardProps {
  data: CardsData;
  /** Null: a line to write it on. */
  name: string | null;
  code: string;
  qrUrl: string;
}

function Card({ data, name, code, qrUrl }: CardProps) {
  return (
    <article class="print-card">
      <img class="print-qr" src={qrUrl} alt="" />
      <div class="print-words">
        {name === null ? <p class="print-line" /> : <p class="print-name">{name}</p>}
        <p class="print-canvas">{data.canvasName}</p>
        <p class="print-code">{formatCode(code)}</p>
        <p class="print-address">{data.address}</p>
      </div>
    </article>
  );
}

/** For the wall: the class code, as large as the page. */
function Poster({ data, code }: { data: CardsData; code: string }) {
  return (
    <article class="poster">
      <p class="poster-name">{data.canvasName}</p>
      <img class="poster-qr" src={data.joinQrUrl} alt={t("code.qr")} />
      <p class="poster-code">{formatCode(code)}</p>
      <p class="poster-address">{t("code.lead", { address: data.address })}</p>
    </article>
  );
}
