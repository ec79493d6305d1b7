/** What is wrong with the cues, counted, with a way from one to the next, and the limits by which it is found. */
import { html } from "../../vendor/htm-preact.js";
import { t } from "../i18n.js";
import { Button, NumberField } from "../ui.js";
import { countsOf } from "./checks.js";

const LIMITS = [["charsPerS", 1, 60, 0.5], ["lineChars", 5, 100, 1], ["linesMax", 1, 6, 1], ["gapMs", 0, 2000, 1]];

/** `limits`: those that hold; `usual`: those of the script; `name`: of the second column, whose limits are changed with the first one's. */
export function Problems({ problems, limits, usual, onLimits, name, act }) {
  const counts = countsOf(problems);
  const isChanged = LIMITS.some(([name]) => limits[name] !== usual[name]);
  return html`<div class=${`problems${name ? " beside" : ""}`}><div class="actions"><p role="status">${name && html`<strong>${name}: </strong>`}${problems.size ? html`<strong>${t("editor.problems", { n: problems.size })}</strong> ${counts.map(([kind, n]) => html`<span key=${kind} class="note problem-kind">${t(`editor.of_${kind}`)} ${n}</span> `)}` : t("editor.noProblems")}</p>
      <span class="actions push"><${Button} small kind="quiet" icon="up" aria-label=${t("editor.previousProblem")} title=${t("editor.previousProblem")} disabled=${!problems.size} onClick=${act.previousProblem} />
      <${Button} small kind="quiet" icon="chevron" aria-label=${t("editor.nextProblem")} title=${t("editor.nextProblem")} disabled=${!problems.size} onClick=${act.nextProblem} /></span></div>
    ${!name && html`<details><summary>${t("editor.limits")}</summary><div class="stack"><p class="note">${t("editor.limitsNote")}</p><div class="fields">
      ${LIMITS.map(([name, min, max, step]) => html`<${NumberField} key=${name} label=${t(`editor.limit_${name}`)} ...${{ min, max, step }} value=${limits[name]} onValue=${(value) => onLimits({ [name]: value })} />`)}</div>
      <div class="actions"><${Button} small disabled=${!isChanged} onClick=${() => onLimits(null)}>${t("editor.limitsUsual")}<//></div></div></details>`}</div>`;
}
