/** The times of many cues at once. */
import { html, useState } from "../../vendor/htm-preact.js";
import { indexOf } from "../cues.js";
import { t, useWords } from "../i18n.js";
import { TimeField } from "../timefield.js";
import { Button, Check, NumberField, Segments, SelectField } from "../ui.js";
import { RATES, atOtherRate, firstOf, fitted, fromHere, onFrames, shifted, stretched } from "./operations.js";
import { chosen } from "./selection.js";

await useWords("times");

const WAYS = ["shift", "stretch", "fit", "rate", "frames"];
const rateOptions = RATES.map(([name]) => [name, name]);
const rateOf = (name) => RATES.find(([one]) => one === name)[1];

/** Two cues and when they are said: all else comes to stand where these put it. */
function Fit({ cues, points, setPoints, video }) {
  const set = (index, fields) => setPoints((before) => before.map((point, place) => (place === index ? { ...point, ...fields } : point)));
  return html`${points.map((point, index) => html`<div class="actions with-field fit-point" key=${index}>
    <${NumberField} label=${t("times.cue")} min=${1} max=${cues.length} value=${point.n} onValue=${(n) => set(index, { n: Math.round(n) })} />
    <${TimeField} label=${t("times.begins")} value=${point.ms ?? cues[point.n - 1]?.startMs ?? 0} onValue=${(ms) => set(index, { ms })} />
    <${Button} disabled=${!video.current} onClick=${() => set(index, { ms: Math.round(video.current.currentTime * 1000) })}>${t("times.here")}<//></div>`)}`;
}

/** The keys of what stands beside the rows of `keys`; null: of all. */
const besideOf = (pairs, keys) => keys && new Set([...keys].flatMap((key) => (pairs.get(key) ?? []).map((cue) => cue.key)));

/** `fps`: of the video; `second`: the other column with its `pairs` and `name`, null where none is edited. */
export function Timing({ edited, selection, fps, video, second }) {
  const { cues } = edited;
  const several = chosen(selection);
  const [way, setWay] = useState("shift");
  const [scope, setScope] = useState("all");
  const [by, setBy] = useState(0);
  const [percent, setPercent] = useState(100);
  const [points, setPoints] = useState([{ n: 1, ms: null }, { n: cues.length, ms: null }]);
  const [rates, setRates] = useState(["25", "23.976"]);
  const [inBoth, setInBoth] = useState(false);
  const isFit = way === "fit";
  const keys = isFit || scope === "all" ? null : scope === "chosen" ? several : fromHere(cues, selection.current);
  const [one, other] = points.map(({ n, ms }) => [cues[n - 1]?.startMs ?? 0, ms ?? cues[n - 1]?.startMs ?? 0]);
  const columns = { main: [cues, keys], ...(inBoth && second && { beside: [second.cues, besideOf(second.pairs, keys)] }) };
  // Both move as one: what limits one of them, or is the middle of its change, is the other's, too.
  const firstMs = Math.min(...Object.values(columns).map((column) => firstOf(...column)));
  const changed = {
    shift: (...column) => shifted(...column, by * 1000, firstMs),
    stretch: (...column) => stretched(...column, percent / 100, firstMs),
    fit: (...column) => fitted(...column, [one[0], other[0]], [one[1], other[1]]),
    rate: (...column) => atOtherRate(...column, rateOf(rates[0]), rateOf(rates[1])),
    frames: (...column) => onFrames(...column, fps),
  }[way];
  const isBackward = isFit && (other[0] - one[0]) * (other[1] - one[1]) <= 0;
  const scopes = ["all", "chosen", "here_on"].map((key) => [key, t(`times.${key}`, { n: several.size })]);
  const apply = () => edited.editAll(Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, changed(...column)])), { label: `times.did_${way}` });
  const nothing = !cues.length || isBackward || (!isFit && scope !== "all" && indexOf(cues, selection.current) < 0);
  return html`<div class="stack timing">
    <${SelectField} label=${t("times.way")} value=${way} options=${WAYS.map((key) => [key, t(`times.${key}`)])} onValue=${setWay} />
    ${way === "shift" && html`<${NumberField} label=${t("editor.shiftBy")} value=${by} step=${0.1} unit="s" onValue=${setBy} />`}
    ${way === "stretch" && html`<${NumberField} label=${t("times.percent")} note=${t("times.percentNote")} value=${percent} min=${1} max=${1000} step=${0.1} unit="%" onValue=${setPercent} />`}
    ${isFit && html`<p class="note">${t("times.fitNote")}</p><${Fit} ...${{ cues, points, setPoints, video }} />${isBackward && html`<p class="form-error">${t("times.backward")}</p>`}`}
    ${way === "rate" && html`<div class="two-columns">${["from", "to"].map((end, index) => html`<${SelectField} key=${end} label=${t(`times.rate_${end}`)} value=${rates[index]} options=${rateOptions} onValue=${(rate) => setRates(rates.with(index, rate))} />`)}</div>`}
    ${way === "frames" && html`<p class="note">${t("times.framesNote", { fps: Math.round(fps * 1000) / 1000 })}</p>`}
    ${!isFit && html`<${Segments} label=${t("times.scope")} value=${scope} options=${scopes} onValue=${setScope} />`}
    ${second && html`<${Check} label=${t("editor.alsoIn", { name: second.name })} note=${t("times.alsoNote")} checked=${inBoth} onValue=${setInBoth} />`}
    <div class="actions"><${Button} disabled=${nothing} onClick=${apply}>${t(`times.do_${way}`)}<//></div></div>`;
}
