import { CELL_FILL, LETTER, markCells, WORD_MARK } from "./mark";
import { t } from "./strings";

function Cells({ rows }: { rows: readonly string[] }) {
  return (
    <>
      {markCells(rows).map(({ x, y, placed }) => (
        <rect
          key={`${x},${y}`}
          class={placed ? "cell placed" : "cell"}
          x={x}
          y={y}
          width={CELL_FILL}
          height={CELL_FILL}
        />
      ))}
    </>
  );
}

function viewBox(rows: readonly string[]): string {
  return `0 0 ${rows[0]?.length ?? 0} ${rows.length}`;
}

export function WordMark() {
  return (
    <svg class="mark mark-word" viewBox={viewBox(WORD_MARK)} role="img" aria-label={t("app.name")}>
      <Cells rows={WORD_MARK} />
    </svg>
  );
}

export function LetterMark() {
  return (
    <svg class="mark mark-letter" viewBox={viewBox(LETTER)} aria-hidden="true">
      <Cells rows={LETTER} />
    </svg>
  );
}

/** The letter whose cells appear one after another; the words are for everybody. */
export function Loading({ text = t("loading") }: { text?: string }) {
  return (
    <div class="boot" role="status">
      <svg class="mark mark-loading" viewBox={viewBox(LETTER)} aria-hidden="true">
        <Cells rows={LETTER} />
      </svg>
      <p class="boot-text">{text}</p>
    </div>
  );
}
