// Pictures from Lucide; licence and origin in assets/icons/LICENSE.
const files = import.meta.glob<string>("../../../assets/icons/*.svg", {
  query: "?raw",
  import: "default",
  eager: true,
});

const drawings = drawingsOf(files);

/** The drawing inside each file's <svg>, by file name. */
export function drawingsOf(files: Record<string, string>): Map<string, string> {
  return new Map(
    Object.entries(files).map(([path, text]) => [
      path.slice(path.lastIndexOf("/") + 1, -".svg".length),
      text.slice(text.indexOf(">") + 1, text.lastIndexOf("<")),
    ]),
  );
}

export type IconName =
  | "arrow-left"
  | "bot"
  | "chevron-down"
  | "chevron-up"
  | "circle-help"
  | "contrast"
  | "download"
  | "ellipsis"
  | "eye"
  | "eye-off"
  | "flag"
  | "graduation-cap"
  | "grid-3x3"
  | "images"
  | "link"
  | "lock"
  | "log-out"
  | "maximize"
  | "megaphone"
  | "message-circle"
  | "minimize"
  | "minus"
  | "monitor"
  | "moon"
  | "pencil"
  | "pipette"
  | "plus"
  | "power"
  | "reply"
  | "rotate-cw"
  | "scan"
  | "send-horizontal"
  | "snowflake"
  | "sun"
  | "sun-moon"
  | "ticket"
  | "timer"
  | "trash-2"
  | "triangle-alert"
  | "undo-2"
  | "users"
  | "x";

/** An icon is decoration: whoever uses it gives the name in words beside it. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return <Drawing lines={drawings.get(name) ?? ""} size={size} />;
}

export function Drawing({ lines, size }: { lines: string; size: number }) {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      dangerouslySetInnerHTML={{ __html: lines }}
    />
  );
}
