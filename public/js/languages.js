/** The language of subtitles: its name in the page's own, and a field to choose it. */
import { html } from "../vendor/htm-preact.js";
import { language, read, t, write } from "./i18n.js";

// What can be chosen; the API takes every tag of BCP 47.
const TAGS = [
  ...["ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fil", "fr", "gu", "he", "hi", "hr", "hu", "id"],
  ...["is", "it", "ja", "ka", "kk", "km", "kn", "ko", "lo", "lt", "lv", "ml", "mn", "mr", "ms", "my", "nb", "ne", "nl", "pa", "pl"],
  ...["pt", "pt-BR", "ro", "ru", "si", "sk", "sl", "sq", "sr", "sv", "sw", "ta", "te", "th", "tr", "uk", "ur", "uz", "vi"],
  ...["yue", "zh-Hans", "zh-Hant", "zh-HK"],
];

/** The name of the language of a BCP 47 tag. */
export function languageName(tag) {
  try {
    return new Intl.DisplayNames([language()], { type: "language" }).of(tag);
  } catch {
    return tag;
  }
}

/** Languages for a select field, by name, `known` among them: `[[tag, name]]`. */
export function languageOptions(known) {
  const tags = known && !TAGS.includes(known) ? [known, ...TAGS] : TAGS;
  const named = tags.map((tag) => [tag, languageName(tag)]).sort(([, one], [, other]) => one.localeCompare(other, language()));
  return [["", t("language.none")], ...named];
}

/** The language that was chosen last for `use`, `spoken` or `target`; "" for none. */
export const remembered = (use) => read(`media-jobs-${use}`);
export const remember = (use, tag) => write(`media-jobs-${use}`, tag);

/** A small select without a label of its own: `label` is for those who hear the page. */
export const LanguageSelect = ({ label, value, disabled, onValue }) => html`<select class="small" aria-label=${label} disabled=${disabled}
  onChange=${(event) => onValue(event.target.value || null)}>
  ${languageOptions(value).map(([tag, name]) => html`<option key=${tag} value=${tag} selected=${tag === (value ?? "")}>${name}</option>`)}</select>`;
