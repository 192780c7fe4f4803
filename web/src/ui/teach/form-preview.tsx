import type { PaletteChoice, Wish } from "./wish";
import { wishWords } from "./wish";
import { t } from "./words";

export function Swatches({ palette }: { palette: PaletteChoice }) {
  return (
    <span class="palette-swatches" aria-hidden="true">
      {palette.colors.map(({ name, hex }) => (
        <span key={name} class="palette-swatch" style={{ background: hex }} />
      ))}
    </span>
  );
}

interface PreviewProps {
  wish: Wish;
  palette: PaletteChoice | undefined;
}

/** The space for the sheet in the preview, in CSS pixels; as in teach.css. */
const PREVIEW_WIDTH_PX = 280;
const PREVIEW_HEIGHT_PX = 152;

/** The sheet in its shape, its colors, and what holds in sentences. */
export function Preview({ wish, palette }: PreviewProps) {
  const scale = Math.min(PREVIEW_WIDTH_PX / wish.width, PREVIEW_HEIGHT_PX / wish.height);
  const side = (cells: number) => `${Math.max(4, Math.round(cells * scale))}px`;
  return (
    <div class="preview float">
      <div class="preview-table">
        <div class="preview-sheet" style={{ width: side(wish.width), height: side(wish.height) }}>
          <span class="preview-size">
            {t("cells.size", { width: wish.width, height: wish.height })}
          </span>
        </div>
      </div>
      <h2 class="preview-name">{wish.name.trim() || t("form.unnamed")}</h2>
      {palette && <Swatches palette={palette} />}
      {wish.teams.length > 0 && (
        <p class="preview-teams">
          {wish.teams.map(({ name, color }) => (
            <span key={`${name} ${color}`} class="team-tag">
              <span class="team-dot" style={{ background: color }} />
              {name}
            </span>
          ))}
        </p>
      )}
      <ul class="preview-words" aria-live="polite">
        {wishWords(wish).map((words) => (
          <li key={words}>{words}</li>
        ))}
      </ul>
    </div>
  );
}
