/** The encoding of a subtitle file: shown with a sample where it is a guess, and changed by hand. */
import { html } from "../vendor/htm-preact.js";
import { language, t } from "./i18n.js";
import { Sentences } from "./notices.js";
import { SelectField } from "./ui.js";

// Names of the Encoding Standard, and some of the languages that each is for.
const ENCODINGS = [
  ["UTF-8", []],
  ["UTF-16LE", []],
  ["UTF-16BE", []],
  ["gb18030", ["zh-Hans"]],
  ["Big5", ["zh-Hant"]],
  ["Shift_JIS", ["ja"]],
  ["EUC-JP", ["ja"]],
  ["EUC-KR", ["ko"]],
  ["windows-1252", ["fr", "de", "es"]],
  ["windows-1250", ["pl", "cs", "hu"]],
  ["windows-1251", ["ru", "uk", "bg"]],
  ["windows-1253", ["el"]],
  ["windows-1254", ["tr"]],
  ["windows-1255", ["he"]],
  ["windows-1256", ["ar", "fa"]],
  ["windows-1257", ["lt", "lv", "et"]],
  ["windows-1258", ["vi"]],
  ["windows-874", ["th"]],
  ["KOI8-R", ["ru"]],
  ["KOI8-U", ["uk"]],
  ["IBM866", ["ru"]],
  ["IBM850", ["fr", "de", "es"]],
  ["IBM852", ["pl", "cs", "hu"]],
  ["ISO-8859-2", ["pl", "cs", "hu"]],
  ["ISO-8859-7", ["el"]],
  ["ISO-8859-15", ["fr", "fi"]],
  ["macintosh", ["fr", "de", "es"]],
];

const REFUSALS = new Set(["webvtt_encoding", "subtitles_encoding", "subtitles_not_encoding"].map((name) => `bad_request.${name}`));

/** Whether a file was refused that another encoding may make readable. */
export const asksForEncoding = (error) => REFUSALS.has(error.key);

/** Encodings for a select field, `known` among them: `[[name, words]]`. */
export function encodingOptions(known) {
  const names = new Intl.DisplayNames([language()], { type: "language" });
  const options = ENCODINGS.map(([name, languages]) =>
    [name, languages.length ? `${name} (${languages.map((tag) => names.of(tag)).join(", ")})` : name]);
  return options.some(([name]) => name === known) ? options : [[known, known], ...options];
}

/**
 * How a file was read, `{encoding, sample, notices}`, and another encoding to read it in.
 *
 * Without a `reading` the file was refused: only an encoding can be chosen.
 */
export function EncodingChoice({ reading, onEncoding }) {
  const options = reading ? encodingOptions(reading.encoding) : [["", t("encoding.choose")], ...encodingOptions("UTF-8")];
  return html`<div class="banner warn encoding" role="status">
    <${Sentences} notices=${reading?.notices ?? []} />
    ${reading?.sample && html`<p class="sample" dir="auto">${reading.sample}</p>`}
    <${SelectField} label=${t("encoding.label")} value=${reading?.encoding ?? ""} options=${options}
      onValue=${(name) => name && onEncoding(name)} /></div>`;
}
