import english from "../../../assets/lang/en.json";

export type MessageKey = keyof typeof english;

/** Keys that come as a pair `….one` and `….other`, without that ending. */
export type CountKeyOf<Key extends string> = Key extends `${infer Stem}.other` ? Stem : never;

export type CountKey = CountKeyOf<MessageKey>;

export type Params = Record<string, string | number>;

/** The language of the catalogue; other catalogues join it beside en.json. */
export const LANGUAGE = "en";

const plural = new Intl.PluralRules(LANGUAGE);
const integer = new Intl.NumberFormat(LANGUAGE);

interface Speaker<Key extends string> {
  /** A message of the catalogue with its `{names}` filled in. */
  t(key: Key, params?: Params): string;
  /** The form of a message that fits the number `n`. */
  tn(key: CountKeyOf<Key>, n: number, params?: Params): string;
}

/** Speaks the messages of a catalogue. */
export function speaker<Key extends string>(messages: Record<Key, string>): Speaker<Key> {
  const catalogue: Record<string, string> = messages;
  return {
    t: (key, params = {}) => fill(catalogue[key] ?? key, params),
    tn(key, n, params = {}) {
      const form = catalogue[`${key}.${plural.select(n)}`] ?? catalogue[`${key}.other`] ?? key;
      return fill(form, { n: integer.format(n), ...params });
    },
  };
}

export const { t, tn } = speaker<MessageKey>(english);

function fill(text: string, params: Params): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}
