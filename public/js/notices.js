/** Notices: what was guessed, repaired, left out, or is shown otherwise than it was handed in. */
import { html } from "../vendor/htm-preact.js";
import { hasOfServer, said, t } from "./i18n.js";
import { languageName } from "./languages.js";

const ABOUT = "notice_about.track";

function inWords({ message, messageKey, messageValues, track }) {
  const tag = messageValues?.language;
  const values = tag ? { ...messageValues, language: languageName(tag) } : messageValues;
  const sentence = said({ messageKey, messageValues: values }, message);
  if (!track) return sentence;
  const name = /^\d+$/.test(track) ? track : languageName(track);
  return hasOfServer(ABOUT) ? t(ABOUT, { track: name, said: sentence }) : `${name}: ${sentence}`;
}

/** Those that the server tells: `[{code, message, messageKey, messageValues}]`. */
export const Sentences = ({ notices }) => notices.length > 0 && html`<ul>
  ${notices.map((notice, index) => html`<li key=${index}>${inWords(notice)}</li>`)}</ul>`;

export const Notices = ({ notices }) => notices.length > 0 && html`<div class="banner warn"><${Sentences} notices=${notices} /></div>`;
