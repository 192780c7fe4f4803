import english from "../../../assets/lang/en.json";

export type MessageKey = keyof typeof english;

/** Keys that come as a pair `….one` and `….other`, without that ending. */
export type CountKey = {
  [K in MessageKey]: K extends `${infer Stem}.other` ? Stem : never;
}[MessageKey];

export type Params = Record<string, string | number>;

/** The language of the catalogue; other catalogues join it beside en.json. */
export const LANGUAGE = "en";

const catalogue: Record<string, string> = english;
const plural = new Intl.PluralRules(LANGUAGE);
const integer = new Intl.NumberFormat(LANGUAGE);

/** A message of the catalogue with its `{names}` filled in. */
export function t(key: MessageKey, params: Params = {}): string {
  return fill(catalogue[key] ?? key, params);
}

/** The form of a message that fits the number `n`. */
export function tn(key: CountKey, n: number, params: Params = {}): string {
  const form = catalogue[`${key}.${plural.select(n)}`] ?? catalogue[`${key}.other`] ?? key;
  return fill(form, { n: integer.format(n), ...params });
}

function fill(text: string, params: Params): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}
