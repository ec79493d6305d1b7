/** Buttons for what is done to the cues. */
import { html, useState } from "../../vendor/htm-preact.js";
import { indexOf, shift } from "../cues.js";
import { t } from "../i18n.js";
import { Button, NumberField } from "../ui.js";

/** What would be undone or done again, by name. */
const named = (what, actions) => (actions.length ? t(`editor.${what}What`, { what: t(actions.at(-1).label ?? "editor.did_edit") }) : t(`editor.${what}`));

const Steps = ({ edited }) => html`<span class="actions push">${[["undo", edited.past], ["redo", edited.future]].map(([what, actions]) =>
  html`<${Button} key=${what} small kind="quiet" icon=${what} aria-label=${named(what, actions)} title=${named(what, actions)} disabled=${!actions.length} onClick=${edited[what]} />`)}</span>`;

export function Tools({ edited, act, current }) {
  const [by, setBy] = useState(0);
  const { cues } = edited;
  const index = indexOf(cues, current);
  return html`<div class="card stack"><div class="actions">
      <${Button} small icon="plus" onClick=${() => act.add(current)}>${t("editor.add")}<//>
      <${Button} small icon="split" disabled=${index < 0} onClick=${() => act.split(current, null)}>${t("editor.split")}<//>
      <${Button} small icon="merge" disabled=${index < 0 || !cues[index + 1]} onClick=${() => act.merge(current)}>${t("editor.merge")}<//>
      <${Steps} edited=${edited} /></div>
    <details><summary>${t("editor.shift")}</summary><div class="actions with-field"><${NumberField} label=${t("editor.shiftBy")} value=${by} step=${0.1} unit="s" onValue=${setBy} />
      <${Button} disabled=${!by || !cues.length} onClick=${() => edited.edit(shift(cues, Math.round(by * 1000)), { label: "editor.did_shift" })}>${t("editor.shiftAll")}<//></div></details></div>`;
}
