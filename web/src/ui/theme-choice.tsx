import { Icon, type IconName } from "./icon";
import { THEMES, type Theme } from "./model";
import { t } from "./strings";

const ICONS: Record<Theme, IconName> = {
  system: "monitor",
  light: "sun",
  dark: "moon",
  contrast: "contrast",
};

interface Props {
  theme: Theme;
  onChoose: (theme: Theme) => void;
}

export function ThemeChoice({ theme, onChoose }: Props) {
  return (
    <fieldset class="choice">
      <legend class="visually-hidden">{t("tool.theme")}</legend>
      {THEMES.map((option) => (
        <label key={option} class="choice-item">
          <input
            type="radio"
            name="theme"
            value={option}
            checked={option === theme}
            onChange={() => onChoose(option)}
          />
          <Icon name={ICONS[option]} />
          <span>{t(`theme.${option}`)}</span>
        </label>
      ))}
    </fieldset>
  );
}
