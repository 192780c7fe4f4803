import { DeskIcon, type DeskIconName } from "./icon";

interface MenuLinkProps {
  icon: DeskIconName;
  text: string;
  href: string;
  blank?: boolean;
  download?: boolean;
}

export function MenuLink({ icon, text, href, blank = false, download = false }: MenuLinkProps) {
  return (
    <li>
      <a
        class="menu-item"
        href={href}
        {...(blank && { target: "_blank", rel: "noopener" })}
        {...(download && { download: "" })}
      >
        <DeskIcon name={icon} />
        {text}
      </a>
    </li>
  );
}

export function MenuButton(props: { icon: DeskIconName; text: string; onClick: () => void }) {
  return (
    <li>
      <button type="button" class="menu-item" onClick={props.onClick}>
        <DeskIcon name={props.icon} />
        {props.text}
      </button>
    </li>
  );
}
