import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./icon";
import { LetterMark } from "./mark-view";

interface IconButtonProps {
  icon: IconName;
  label: string;
  /** The key that does the same, shown in the tooltip and told to screen readers. */
  shortcut?: string;
  pressed?: boolean;
  onClick: () => void;
  class?: string;
}

export function IconButton({ icon, label, shortcut, pressed, onClick, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      class={`icon-button ${rest.class ?? ""}`}
      aria-label={label}
      aria-pressed={pressed}
      aria-keyshortcuts={shortcut}
      data-tip={shortcut ? `${label} (${shortcut})` : label}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

interface IconLinkProps {
  icon: IconName;
  label: string;
  href: string;
}

export function IconLink({ icon, label, href }: IconLinkProps) {
  return (
    <a class="icon-button" href={href} aria-label={label} data-tip={label}>
      <Icon name={icon} />
    </a>
  );
}

interface EmptyProps {
  title: string;
  text: string;
  children?: ComponentChildren;
}

/** A page, or the middle of one, that has nothing to show but a sentence. */
export function Empty({ title, text, children }: EmptyProps) {
  return (
    <div class="empty">
      <LetterMark />
      <h1 class="empty-title">{title}</h1>
      <p class="empty-text">{text}</p>
      {children}
    </div>
  );
}
