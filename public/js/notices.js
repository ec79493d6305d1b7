/** Notices: what was guessed, repaired, left out, or is shown otherwise than it was handed in. */
import { html } from "../vendor/htm-preact.js";
import { has, t, useWords } from "./i18n.js";

await useWords("server");

function sentence({ message, messageKey, messageValues, track }) {
  const said = has(messageKey) ? t(messageKey, messageValues) : message;
  return track ? t("notice_about.track", { track, said }) : said;
}

/** Those that the server tells: `[{code, message, messageKey, messageValues}]`. */
export const Sentences = ({ notices }) => notices.length > 0 && html`<ul>
  ${notices.map((notice, index) => html`<li key=${index}>${sentence(notice)}</li>`)}</ul>`;

export const Notices = ({ notices }) => notices.length > 0 && html`<div class="banner warn"><${Sentences} notices=${notices} /></div>`;
