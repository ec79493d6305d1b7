/** Notices: what was guessed, repaired, left out, or is shown otherwise than it was handed in. */
import { html } from "../vendor/htm-preact.js";
import { hasOfServer, t } from "./i18n.js";

const ABOUT = "notice_about.track";

function sentence({ message, messageKey, messageValues, track }) {
  const said = hasOfServer(messageKey) ? t(messageKey, messageValues) : message;
  if (!track) return said;
  return hasOfServer(ABOUT) ? t(ABOUT, { track, said }) : `${track}: ${said}`;
}

/** Those that the server tells: `[{code, message, messageKey, messageValues}]`. */
export const Sentences = ({ notices }) => notices.length > 0 && html`<ul>
  ${notices.map((notice, index) => html`<li key=${index}>${sentence(notice)}</li>`)}</ul>`;

export const Notices = ({ notices }) => notices.length > 0 && html`<div class="banner warn"><${Sentences} notices=${notices} /></div>`;
