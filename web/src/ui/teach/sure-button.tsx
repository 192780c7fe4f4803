import { useEffect, useRef, useState } from "preact/hooks";
import { DeskIcon, type DeskIconName } from "./icon";
import { t } from "./words";

interface Props {
  icon?: DeskIconName;
  text: string;
  /** Whom it is about, for those who don't see what stands beside it. */
  about?: string;
  /** What can't be taken back, said before it happens. */
  consequence: string;
  onSure: () => void;
}

/** For small deeds that nothing takes back: says what happens, and asks once more in its place. */
export function SureButton({ icon, text, about, consequence, onSure }: Props) {
  const [asked, setAsked] = useState(false);
  const first = useRef<HTMLButtonElement>(null);
  const sure = useRef<HTMLButtonElement>(null);
  const wasAsked = useRef(false);
  // The keys go on where they were.
  useEffect(() => {
    if (asked) sure.current?.focus();
    else if (wasAsked.current) first.current?.focus();
    wasAsked.current = asked;
  }, [asked]);
  const named = (
    <>
      {text}
      {about && <span class="visually-hidden"> {about}</span>}
    </>
  );
  if (!asked) {
    return (
      <button ref={first} type="button" class="button button-small" onClick={() => setAsked(true)}>
        {icon && <DeskIcon name={icon} size={16} />}
        {named}
      </button>
    );
  }
  return (
    <div class="sure">
      <p class="sure-words" role="status">
        {consequence}
      </p>
      <button
        ref={sure}
        type="button"
        class="button button-small button-danger"
        onClick={() => {
          setAsked(false);
          onSure();
        }}
      >
        {named}
      </button>
      <button type="button" class="button button-small" onClick={() => setAsked(false)}>
        {t("sure.keep")}
      </button>
    </div>
  );
}
