import { Dialog } from "./dialog";
import { type MessageKey, t } from "./strings";

/** A key as a word of the catalogue, or the sign printed on it. */
type Key = { word: MessageKey } | { sign: string };

const sign = (text: string): Key => ({ sign: text });
const word = (key: MessageKey): Key => ({ word: key });

const GROUPS: { title: MessageKey; rows: [Key[], MessageKey][] }[] = [
  {
    title: "help.group.draw",
    rows: [
      [[word("key.arrows")], "help.cursor"],
      [[word("key.shift"), word("key.arrows")], "help.cursor_fast"],
      [[word("key.enter"), word("key.space")], "help.place"],
      [["1", "…", "9"].map(sign), "help.color"],
      [["[", "]"].map(sign), "help.color_step"],
      [[sign("E"), word("key.alt_click")], "help.eyedropper"],
      [[word("key.ctrl"), sign("Z")], "help.undo"],
      [[sign("I"), word("key.shift_click")], "help.who"],
    ],
  },
  {
    title: "help.group.move",
    rows: [
      [["W", "A", "S", "D"].map(sign), "help.pan"],
      [["+", "−"].map(sign), "help.zoom"],
      [[sign("0")], "help.fit"],
    ],
  },
  {
    title: "help.group.more",
    rows: [
      [[sign("T")], "help.chat"],
      [[sign("P")], "help.people"],
      [[sign("G")], "help.grid"],
      [[sign("F")], "help.fullscreen"],
      [[sign("C")], "help.link"],
      [[sign("?")], "help.help"],
    ],
  },
];

export function HelpSheet({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={t("help.title")} onClose={onClose} class="sheet-wide">
      <p class="help-lead">{t("help.lead")}</p>
      <p class="help-lead">{t("help.touch")}</p>
      <div class="help-groups">
        {GROUPS.map(({ title, rows }) => (
          <section key={title} class="help-group">
            <h3 class="sheet-subtitle">{t(title)}</h3>
            <dl class="keys">
              {rows.map(([keys, meaning]) => (
                <div key={meaning} class="keys-row">
                  <dt class="keys-caps">
                    {keys.map((key) => {
                      const text = "word" in key ? t(key.word) : key.sign;
                      return <kbd key={text}>{text}</kbd>;
                    })}
                  </dt>
                  <dd class="keys-meaning">{t(meaning)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
