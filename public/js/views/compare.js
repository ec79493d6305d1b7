/** Two versions of a media's subtitles beside each other, by time. */
import { html, useMemo, useState } from "../../vendor/htm-preact.js";
import { media as api } from "../api.js";
import { moment, shortTitle, timecode } from "../format.js";
import { useLoaded } from "../hooks.js";
import { t, useWords } from "../i18n.js";
import { languageName } from "../languages.js";
import { NO_SUBTITLES, readVersion } from "../reading.js";
import { link, replace } from "../router.js";
import { aligned } from "../sidebyside.js";
import { Badge, Button, Empty, LinkButton, Page, SelectField, Skeletons, Trouble } from "../ui.js";
import { plainLines } from "../vtt.js";

await useWords("compare");

export const name = "compare";
const PAGE = 200;

/** A version by its number, language and origin: what a person tells it by. */
function versionName(version, number) {
  const parts = [t("media.version", { n: number }), version.language && languageName(version.language), version.origin && t(`origin.${version.origin}`)];
  return parts.filter(Boolean).join(" · ");
}

/** The two that are shown first: the newest, and what it was made of, else the one before it. */
function chosen(versions, { left, right }) {
  const known = (id) => versions.find((version) => version.inputId === id);
  const second = known(right) ?? versions[0];
  const first = known(left) ?? known(second?.parent) ?? versions.find((version) => version !== second);
  return [first, second];
}

/** What a column holds: language, origin, and the version that it was made of. */
function Column({ version, versions, label, onValue }) {
  const options = versions.map((one, index) => [one.inputId, versionName(one, versions.length - index)]);
  const parent = versions.findIndex((one) => one.inputId === version.parent);
  const said = [moment(version.createdAt), parent >= 0 && t("compare.madeOf", { version: versionName(versions[parent], versions.length - parent) })];
  return html`<div class="stack tight"><${SelectField} label=${label} value=${version.inputId} options=${options} onValue=${onValue} />
    <p class="note">${said.filter(Boolean).join(" · ")}</p></div>`;
}

const Cues = ({ cues, lang, name }) => html`<td lang=${lang || undefined} dir="auto" data-name=${name}>${cues.map((cue) => html`<p class="cue-text">${plainLines(cue.text).join("\n")}</p>`)}</td>`;

const words = (cues) => cues.map((cue) => plainLines(cue.text).join(" ").split(/\s+/).join(" ").trim()).join("\n");

function Rows({ rows, first, second, names }) {
  const [count, setCount] = useState(PAGE);
  const isEdit = first.language === second.language;
  const short = [first, second].map((one, index) => (!isEdit && one.language ? languageName(one.language) : names[index]));
  return html`<div class="table-scroll" tabindex="0" role="region" aria-label=${t("compare.title")}><table class="listed compared">
    <thead><tr><th scope="col">${t("compare.time")}</th>${names.map((one) => html`<th scope="col">${one}</th>`)}</tr></thead>
    <tbody>${rows.slice(0, count).map(({ left, right }, index) => {
      const changed = isEdit && words(left) !== words(right);
      return html`<tr key=${index} class=${changed ? "changed" : ""}><td class="nowrap"><span class="time">${timecode((left[0] ?? right[0]).startMs)}</span>
        ${changed && html` <${Badge} tone="active">${t("compare.changed")}<//>`}</td>
        <${Cues} cues=${left} lang=${first.language} name=${short[0]} /><${Cues} cues=${right} lang=${second.language} name=${short[1]} /></tr>`;
    })}</tbody></table>
    ${rows.length > count && html`<div class="more"><${Button} onClick=${() => setCount(count + PAGE)}>${t("ui.more")}<//></div>`}</div>`;
}

export function View({ route }) {
  const mediaId = route.segments[1];
  const item = useLoaded(() => api.get(mediaId), [mediaId]);
  const loaded = useLoaded(async () => (await api.versions(mediaId, "subtitles")).items, [mediaId]);
  const versions = loaded.data ?? [];
  const [first, second] = chosen(versions, route.query);
  const read = (version) => async () => (version ? readVersion(mediaId, version.inputId) : NO_SUBTITLES);
  const left = useLoaded(read(first), [first?.inputId]);
  const right = useLoaded(read(second), [second?.inputId]);
  const rows = useMemo(() => (left.data && right.data ? aligned(left.data.cues, right.data.cues) : null), [left.data, right.data]);
  const show = (sides) => replace("media", mediaId, "compare", { left: first?.inputId, right: second?.inputId, ...sides });
  const error = item.error ?? loaded.error ?? left.error ?? right.error;
  const number = (version) => versions.length - versions.indexOf(version);
  const back = [item.data ? shortTitle(item.data.title) : t("nav.library"), link("media", mediaId)];
  const waits = !error && (loaded.loading || left.loading || right.loading);
  const burn = first && second && link("new", "burn", { media: mediaId, first: first.inputId, second: second.inputId });
  return html`<${Page} back=${back} title=${t("compare.title")} lead=${t("compare.lead")}
      actions=${burn && html`<${LinkButton} kind="primary" icon="subtitles" href=${burn}>${t("compare.burn")}<//>`}>
    <${Trouble} error=${error} onRetry=${() => [item, loaded, left, right].forEach((one) => one.reload())} />
    ${!loaded.loading && !loaded.error && versions.length < 2 && html`<${Empty} icon="subtitles" title=${t("compare.tooFew")}><p>${t("compare.tooFewText")}</p><//>`}
    ${first && second && html`<div class="card stack"><div class="two-columns">
        <${Column} ...${{ version: first, versions, label: t("compare.left") }} onValue=${(id) => show({ left: id })} />
        <${Column} ...${{ version: second, versions, label: t("compare.right") }} onValue=${(id) => show({ right: id })} /></div>
      ${rows && !waits && html`<${Rows} key=${first.inputId + second.inputId} ...${{ rows, first, second }} names=${[first, second].map((one) => versionName(one, number(one)))} />`}</div>`}
    ${waits && html`<${Skeletons} count=${6} />`}<//>`;
}
