/** Buttons for what is done to the cues, and what can be chosen. */
import { html, useEffect, useState } from "../../vendor/htm-preact.js";
import { media as api } from "../api.js";
import { indexOf } from "../cues.js";
import { t } from "../i18n.js";
import { languageName } from "../languages.js";
import { Button, Check, SelectField } from "../ui.js";
import { RATES } from "./operations.js";
import { chosen } from "./selection.js";

/** What would be undone or done again, by name. */
const named = (what, actions) => (actions.length ? t(`editor.${what}What`, { what: t(actions.at(-1).label ?? "editor.did_edit") }) : t(`editor.${what}`));

const Steps = ({ edited }) => html`<span class="actions push">${[["undo", edited.past], ["redo", edited.future]].map(([what, actions]) =>
  html`<${Button} key=${what} small kind="quiet" icon=${what} aria-label=${named(what, actions)} title=${named(what, actions)} disabled=${!actions.length} onClick=${edited[what]} />`)}</span>`;

const NARROW = "(max-width: 600px)";

/** Whether the screen is as narrow as a phone's. */
function useNarrow() {
  const [isNarrow, set] = useState(() => matchMedia(NARROW).matches);
  useEffect(() => {
    const asked = matchMedia(NARROW);
    const look = () => set(asked.matches);
    asked.addEventListener("change", look);
    return () => asked.removeEventListener("change", look);
  }, []);
  return isNarrow;
}

/** What is used less: at the end of its line, or on a narrow screen behind a word that opens it. */
function Rarer({ isNarrow, children }) {
  if (!isNarrow) return html`<span class="actions push">${children}</span>`;
  return html`<details class="editor-rarer"><summary class="button small">${t("editor.more")}</summary><div class="actions">${children}</div></details>`;
}

export function Tools({ edited, cues, act, selection, looping, hasVideo }) {
  const index = indexOf(cues, selection.current);
  const n = chosen(selection).size;
  const none = n === 0;
  const isNarrow = useNarrow();
  const loop = hasVideo && html`<${Button} small icon="retry" aria-pressed=${looping ? "true" : "false"} disabled=${index < 0} onClick=${act.loop}>${t("editor.loop")}<//>`;
  return html`<div class="card stack editor-tools"><div class="actions">
      <${Button} small icon="plus" onClick=${() => act.add()}>${t("editor.add")}<//>
      <${Button} small icon="split" disabled=${index < 0} onClick=${() => act.splitHere()}>${t("editor.split")}<//>
      <${Button} small icon="merge" disabled=${none || (n === 1 && !cues[index + 1])} onClick=${() => act.merge()}>${t("editor.merge")}<//>
      ${n > 1 && html`<${Button} small kind="quiet bad" icon="trash" onClick=${() => act.remove()}>${t("editor.removeChosen", { n })}<//>`}
      <${Steps} edited=${edited} /></div>
    <div class="actions">${hasVideo && html`<${Button} small icon="play" disabled=${index < 0} onClick=${act.playCue}>${t("editor.playCue")}<//>
      ${!isNarrow && loop}<${Button} small disabled=${index < 0} onClick=${act.setStart}>${t("editor.setStart")}<//>
      <${Button} small disabled=${index < 0} onClick=${act.setEnd}>${t("editor.setEnd")}<//>`}
      <${Rarer} isNarrow=${isNarrow}>${isNarrow && loop}<${Button} small kind="quiet" icon="search" onClick=${act.replace}>${t("editor.find")}<//>
      <${Button} small kind="quiet" icon="key" onClick=${act.keys}>${t("editor.keys")}<//><//></div></div>`;
}

/** `fps`: as it was seen, null while it is not known. */
export function Options({ options, setOptions, fps, children }) {
  const rates = [["", fps ? t("editor.fpsSeen", { fps: Math.round(fps * 1000) / 1000 }) : t("editor.fpsUnseen")], ...RATES.map(([name, rate]) => [String(rate), name])];
  return html`<div class="stack">${children}
    ${["ripple", "frames"].map((name) => html`<${Check} key=${name} label=${t(`editor.option_${name}`)} note=${t(`editor.option_${name}Note`)} checked=${options[name]} onValue=${(on) => setOptions({ [name]: on })} />`)}
    <${SelectField} label=${t("editor.fps")} value=${options.fps} options=${rates} onValue=${(rate) => setOptions({ fps: rate })} /></div>`;
}

/** What was saved last of each column, as files; `stored(known)` is that version. */
export function Exports({ mediaId, columns, stored }) {
  const saved = columns.filter(({ known }) => stored(known));
  if (!saved.length) return null;
  return html`<details class="card"><summary>${t("editor.export")}</summary><div class="stack"><p class="note">${t("editor.exportNote")}</p>
    ${saved.map(({ known }) => html`<div class="actions" key=${known?.inputId}>${saved.length > 1 && html`<span>${known.language ? languageName(known.language) : t("editor.noLanguage")}</span>`}
      ${["vtt", "srt", "ass", "txt"].map((format) => html`<a class="button quiet small" key=${format} href=${api.exportPath(mediaId, stored(known), format)} download>${format.toUpperCase()}</a>`)}</div>`)}</div></details>`;
}
