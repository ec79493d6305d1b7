/** The list of cues, each with its times and its text. */
import { html } from "../../vendor/htm-preact.js";
import { t } from "../i18n.js";
import { TimeInput } from "../timefield.js";
import { Button } from "../ui.js";
import { plainLines } from "../vtt.js";
import { withoutTimes } from "../wordtimes.js";

/** What is said in another language while a cue is shown: the texts of the cues whose middle lies in it. */
function besides(cue, other) {
  if (!other.length) return "";
  const inside = other.filter(({ startMs, endMs }) => cue.startMs <= (startMs + endMs) / 2 && (startMs + endMs) / 2 < cue.endMs);
  return inside.map(({ text }) => plainLines(text).join(" ")).join(" ");
}

function CueRow({ cue, n, current, playing, fault, beside, act }) {
  const { key } = cue;
  return html`<li class=${`cue${current ? " current" : ""}${playing ? " playing" : ""}`} data-cue=${key} onfocusin=${() => act.focus(key)}>
    <span class="cue-number">${n}</span>
    <div class="cue-times"><${TimeInput} label=${t("editor.start", { n })} value=${cue.startMs} onValue=${(startMs) => act.change(key, { startMs }, "editor.did_times")} />
      <${TimeInput} label=${t("editor.end", { n })} value=${cue.endMs} onValue=${(endMs) => act.change(key, { endMs }, "editor.did_times")} /></div>
    <textarea rows="2" dir="auto" aria-label=${t("editor.text", { n })} value=${withoutTimes(cue.text)} onInput=${(event) => act.type(key, event.target.value)} onKeyDown=${(event) => act.key(event, key)}></textarea>
    <div class="cue-tools"><${Button} small kind="quiet" icon="play" aria-label=${t("editor.goTo", { n })} onClick=${() => act.seek(cue.startMs)} />
      <${Button} small kind="quiet bad" icon="trash" aria-label=${t("editor.remove", { n })} onClick=${() => act.remove(key)} /></div>
    ${beside && html`<p class="note cue-beside" dir="auto">${beside}</p>`}
    ${fault && html`<p class="form-error cue-fault">${t(`editor.${fault}`)}</p>`}</li>`;
}

/** `current` and `playing` are keys of cues, null where there is none; `other` are cues that are read beside them. */
export const CueList = ({ cues, other, current, playing, wrong, act }) =>
  html`<ol class="cues" aria-label=${t("editor.cues")}>${cues.map((cue, index) => html`<${CueRow} key=${cue.key} ...${{ cue, act }} n=${index + 1}
    current=${cue.key === current} playing=${cue.key === playing} fault=${wrong.get(index)} beside=${besides(cue, other)} />`)}</ol>`;

/** Put the focus on a cue's text. */
export function focusCue(key) {
  requestAnimationFrame(() => {
    const row = document.querySelector(`[data-cue="${key}"]`);
    row?.querySelector("textarea")?.focus();
    row?.scrollIntoView({ block: "nearest" });
  });
}
