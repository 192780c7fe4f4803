import { Drawing, drawingsOf } from "../icon";

// As in ../icon.tsx, but these come with teachers' pages only.
const files = import.meta.glob<string>("../../../../assets/icons/desk/*.svg", {
  query: "?raw",
  import: "default",
  eager: true,
});
const drawings = drawingsOf(files);

export type DeskIconName =
  | "archive"
  | "archive-restore"
  | "ban"
  | "check"
  | "circle-user"
  | "copy"
  | "door-open"
  | "eraser"
  | "eye-off"
  | "flag"
  | "gift"
  | "history"
  | "key-round"
  | "log-out"
  | "megaphone"
  | "message-circle"
  | "paint-bucket"
  | "presentation"
  | "printer"
  | "qr-code"
  | "search"
  | "send"
  | "settings"
  | "shield"
  | "shield-off"
  | "shuffle"
  | "square-dashed"
  | "timer"
  | "trash-2"
  | "undo-2"
  | "user-plus"
  | "users"
  | "volume-2"
  | "volume-x";

export function DeskIcon({ name, size = 20 }: { name: DeskIconName; size?: number }) {
  return <Drawing lines={drawings.get(name) ?? ""} size={size} />;
}
