/** Notices about a subtitle file: `[{code, lines}]`. */
import { html } from "../vendor/htm-preact.js";
import { t } from "./i18n.js";

const LINES_TOLD = 10;

const listed = (lines) => [...lines.slice(0, LINES_TOLD), ...(lines.length > LINES_TOLD ? ["…"] : [])].join(", ");

export const Notices = ({ notices }) => notices.length > 0 && html`<div class="banner warn"><ul>
  ${notices.map(({ code, lines }) => html`<li key=${code}>${t(`notice.${code}`, { at: listed(lines) })}</li>`)}</ul></div>`;
