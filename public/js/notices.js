/** Notices: what was guessed, repaired, left out, or is shown otherwise than it was handed in. */
import { html } from "../vendor/htm-preact.js";
import { has, t } from "./i18n.js";

const LINES_TOLD = 10;

const listed = (lines) => [...lines.slice(0, LINES_TOLD), ...(lines.length > LINES_TOLD ? ["…"] : [])].join(", ");

/** Those that the page itself came upon in a subtitle file: `[{code, lines}]`. */
export const Notices = ({ notices }) => notices.length > 0 && html`<div class="banner warn"><ul>
  ${notices.map(({ code, lines }) => html`<li key=${code}>${t(`notice.${code}`, { at: listed(lines) })}</li>`)}</ul></div>`;

function sentence({ message, messageKey, messageValues, track }) {
  const said = has(messageKey) ? t(messageKey, messageValues) : message;
  return track ? t("notice_about.track", { track, said }) : said;
}

/** Those that the server tells: `[{code, message, messageKey, messageValues}]`. */
export const Sentences = ({ notices }) => notices.length > 0 && html`<ul>
  ${notices.map((notice, index) => html`<li key=${index}>${sentence(notice)}</li>`)}</ul>`;
