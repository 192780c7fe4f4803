import { Drawing, drawingsOf, Icon, type IconName } from "../icon";

// As in ../icon.tsx, but these come with teachers' pages only.
const files = import.meta.glob<string>("../../../../assets/icons/desk/*.svg", {
  query: "?raw",
  import: "default",
  eager: true,
});
const drawings = drawingsOf(files);

export type DeskIconName =
  | IconName
  | "archive"
  | "archive-restore"
  | "ban"
  | "check"
  | "circle-user"
  | "copy"
  | "door-open"
  | "eraser"
  | "gift"
  | "history"
  | "key-round"
  | "paint-bucket"
  | "presentation"
  | "printer"
  | "search"
  | "send"
  | "settings"
  | "shield"
  | "shield-off"
  | "shuffle"
  | "square-dashed"
  | "user-plus"
  | "volume-2";

/** As everybody's icons; it knows those, too. */
export function DeskIcon({ name, size = 20 }: { name: DeskIconName; size?: number }) {
  const lines = drawings.get(name);
  return lines === undefined ? (
    <Icon name={name as IconName} size={size} />
  ) : (
    <Drawing lines={lines} size={size} />
  );
}
