// Pictures from Lucide; licence and origin in assets/icons/LICENSE.
const files = import.meta.glob<string>("../../../assets/icons/*.svg", {
  query: "?raw",
  import: "default",
  eager: true,
});

/** The drawing inside each file's <svg>, by file name. */
const drawings = new Map(
  Object.entries(files).map(([path, text]) => [
    path.slice(path.lastIndexOf("/") + 1, -".svg".length),
    text.slice(text.indexOf(">") + 1, text.lastIndexOf("<")),
  ]),
);

export type IconName =
  | "arrow-left"
  | "chevron-down"
  | "chevron-up"
  | "circle-help"
  | "contrast"
  | "download"
  | "ellipsis"
  | "eye"
  | "grid-3x3"
  | "images"
  | "link"
  | "lock"
  | "maximize"
  | "minimize"
  | "minus"
  | "monitor"
  | "moon"
  | "pencil"
  | "pipette"
  | "plus"
  | "power"
  | "rotate-cw"
  | "scan"
  | "snowflake"
  | "sun"
  | "sun-moon"
  | "triangle-alert"
  | "x";

/** An icon is decoration: whoever uses it gives the name in words beside it. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
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
      dangerouslySetInnerHTML={{ __html: drawings.get(name) ?? "" }}
    />
  );
}
