import { useState } from "preact/hooks";
import { ChargeRing, SavedUp } from "./charge-ring";
import { inkOn } from "./color";
import { IconButton } from "./controls";
import { Icon } from "./icon";
import type { CanvasActions, CanvasModel } from "./model";
import { t } from "./strings";
import { UndoButton } from "./undo-button";

/** Up to this many colors stand in one row on a wide screen; more take two. */
const ONE_ROW_COLORS = 16;

/** More colors than this scroll: a palette of 256 would cover the sheet. */
const UNSCROLLED_COLORS = 32;

/** Colors that have a number key. */
const NUMBER_KEYS = 9;

interface Props {
  model: CanvasModel;
  actions: CanvasActions;
}

/** The instrument: what you draw with, and how much of it you have. */
export function Dock({ model, actions }: Props) {
  const [folded, setFolded] = useState(false);
  const info = model.info.value;
  if (!info) return null;
  if (model.waiting.value) return <Waiting />;
  if (!model.seat.value && !model.you.value) return <JoinPrompt model={model} actions={actions} />;
  const color = info.palette[model.color.value];

  return (
    <section class="dock float" aria-label={t("dock.label")} data-mode={dockMode(model)}>
      <div class="dock-head">
        <ChargeRing model={model} />
        <div class="dock-words">
          <p class="dock-name" data-testid="color-name">
            {color?.name}
          </p>
          <SavedUp model={model} />
        </div>
        <UndoButton model={model} actions={actions} />
        <IconButton
          icon={folded ? "chevron-up" : "chevron-down"}
          label={folded ? t("dock.unfold") : t("dock.fold")}
          class="dock-fold"
          onClick={() => setFolded(!folded)}
        />
      </div>
      {!folded && <Swatches model={model} actions={actions} />}
    </section>
  );
}

/** What keeps this person from drawing now, for its looks. */
function dockMode({ info, you }: CanvasModel): string | undefined {
  if (you.value?.role === "teacher") return "open";
  return you.value?.status === "frozen" ? "frozen" : info.value?.mode;
}

function Waiting() {
  return (
    <section class="dock dock-watching float">
      <p class="dock-name dock-watching-text" role="status">
        <Icon name="eye" />
        {t("waiting.text")}
      </p>
    </section>
  );
}

function Swatches({ model, actions }: Props) {
  const palette = model.info.value?.palette ?? [];
  const chosen = model.color.value;
  const rows = palette.length > ONE_ROW_COLORS ? 2 : 1;
  return (
    <div
      class="swatches"
      role="radiogroup"
      aria-label={t("dock.label")}
      data-many={palette.length > UNSCROLLED_COLORS}
      style={{ "--columns": Math.ceil(Math.min(palette.length, UNSCROLLED_COLORS) / rows) }}
    >
      {palette.map(({ name, hex }, index) => (
        <label key={name} class="swatch" data-tip={tip(name, index)}>
          <input
            type="radio"
            name="color"
            aria-label={name}
            checked={index === chosen}
            onChange={() => actions.chooseColor(index)}
          />
          <span class="swatch-fill" style={{ background: hex, color: inkOn(hex) }} />
        </label>
      ))}
    </div>
  );
}

function tip(name: string, index: number): string {
  return index < NUMBER_KEYS ? t("dock.color_key", { name, key: index + 1 }) : name;
}

function JoinPrompt({ model, actions }: Props) {
  return (
    <section class="dock dock-watching float" data-covered={model.dialog.value === "join"}>
      <p class="dock-name dock-watching-text">
        <Icon name="eye" />
        {t("join.prompt")}
      </p>
      <button type="button" class="button button-accent" onClick={() => actions.openDialog("join")}>
        {t("join.prompt.action")}
      </button>
    </section>
  );
}
