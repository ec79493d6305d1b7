/** The buttons below the timeline. */
import { html } from "../../vendor/htm-preact.js";
import { t } from "../i18n.js";
import { Button, Check, Progress } from "../ui.js";
import { SNAPS } from "./snap.js";

const ZOOM = 1.5;

const Toggle = ({ on, children, ...rest }) => html`<${Button} small kind=${on ? "on" : "quiet"} aria-pressed=${on ? "true" : "false"} ...${rest}>${children}<//>`;

/** What of the waveform is there, in words. */
function Waveform({ peaks }) {
  const { state, progress, retry } = peaks;
  if (state === "ready" || state === "none") return null;
  return html`<span class="timeline-state"><span class="note" role="status">${t(`timeline.${state}`)}</span>
    ${state === "making" && html`<${Progress} value=${progress} label=${t("timeline.making")} />`}
    ${state === "failed" && html`<${Button} small icon="retry" onClick=${retry}>${t("ui.tryAgain")}<//>`}</span>`;
}

const HELP = ["click", "drag", "draw", "wheel", "arrows", "nudge", "others"];

export function Controls({ surface, snaps, snapping, follows, onFollows, peaks, choose, snap }) {
  const toggled = (kind) => new Set(snaps.has(kind) ? [...snaps].filter((one) => one !== kind) : [...snaps, kind]);
  return html`<div class="timeline-controls"><div class="actions">
      <${Button} small kind="quiet" aria-label=${t("timeline.zoomOut")} title=${t("timeline.zoomOut")} onClick=${() => surface.zoom(1 / ZOOM)}>−<//>
      <${Button} small kind="quiet" aria-label=${t("timeline.zoomIn")} title=${t("timeline.zoomIn")} onClick=${() => surface.zoom(ZOOM)}>+<//>
      <${Button} small kind="quiet" onClick=${() => surface.zoom(0)}>${t("timeline.whole")}<//>
      <${Toggle} on=${follows} title=${t("timeline.followNote")} onClick=${() => onFollows(!follows)}>${t("timeline.follow")}<//>
      <${Toggle} on=${snapping} onClick=${snap}>${t("timeline.snap")}<//>
      <${Waveform} peaks=${peaks} /></div>
    <details><summary>${t("timeline.more")}</summary>
      <fieldset class="timeline-snaps"><legend>${t("timeline.snapTo")}</legend>${SNAPS.map((kind) => html`<${Check} key=${kind} label=${t(`timeline.snap_${kind}`)} checked=${snaps.has(kind)} onValue=${() => choose({ snaps: toggled(kind) })} />`)}</fieldset>
      <ul class="timeline-help note">${HELP.map((what) => html`<li key=${what}>${t(`timeline.help_${what}`)}</li>`)}</ul></details></div>`;
}
