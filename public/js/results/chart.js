/** How an endpoint's deliveries went: by the hour or the day, what failed, how long it took; drawn, and as a table. */
import { html, useEffect, useRef, useState } from "../../vendor/htm-preact.js";
import { webhooks as api } from "../api.js";
import { clock, count, day, percent } from "../format.js";
import { useLoaded } from "../hooks.js";
import { t, useWords } from "../i18n.js";
import { useStyles } from "../loading.js";
import { Segments, Skeletons, Trouble } from "../ui.js";
import { barsOf, lineOf, spansOf, totalOf } from "./bars.js";

await useWords("charts");
await useStyles("charts");

const SIZE = { width: 720, height: 120 };
const SPANS = ["day", "month"];

/** A drawing with its scale: the number that its height stands for. */
const Drawing = ({ label, scale, children }) => html`<div class="chart"><span class="chart-scale" aria-hidden="true">${scale}</span>
  <svg viewBox=${`0 0 ${SIZE.width} ${SIZE.height}`} preserveAspectRatio="none" role="img" aria-label=${label}>
    <path class="chart-grid" d=${`M0 0.5H${SIZE.width}M0 ${SIZE.height / 2}H${SIZE.width}M0 ${SIZE.height - 0.5}H${SIZE.width}`} />${children}</svg></div>`;

function Table({ spans, when }) {
  const tried = spans.filter((span) => span.delivered + span.failed > 0).reverse();
  return html`<details><summary>${t("chart.table")}</summary><div class="scroll" tabindex="0" role="region" aria-label=${t("chart.table")}><table><thead><tr>
      ${["when", "delivered", "failed", "average", "longest"].map((key) => html`<th key=${key} scope="col">${t(`chart.${key}`)}</th>`)}</tr></thead>
    <tbody>${tried.map((span) => html`<tr key=${span.at}><th scope="row">${when(span.at)}</th><td>${count(span.delivered)}</td><td>${count(span.failed)}</td>
      <td>${count(span.averageMs)} ms</td><td>${count(span.longestMs)} ms</td></tr>`)}</tbody></table></div></details>`;
}

/** `version` changes whenever something was delivered. */
export function DeliveryChart({ webhookId, version }) {
  const [span, setSpan] = useState("day");
  const loaded = useLoaded(() => api.statistics(webhookId, span), [webhookId, span]);
  const seen = useRef(version);
  useEffect(() => {
    if (seen.current !== version) loaded.reload();
    seen.current = version;
  }, [version]);
  const choice = html`<${Segments} label=${t("chart.span")} value=${span} options=${SPANS.map((key) => [key, t(`chart.${key}`)])} onValue=${setSpan} />`;
  if (!loaded.data) return html`<div class="stack">${choice}<${Trouble} error=${loaded.error} onRetry=${loaded.reload} />${!loaded.error && html`<${Skeletons} count=${1} />`}</div>`;
  const spans = spansOf(loaded.data);
  const total = totalOf(spans);
  const when = (at) => (span === "day" ? clock(at).slice(0, 5) : day(at));
  const told = t("chart.told", { n: total.tries, tries: count(total.tries), failed: percent(total.failed), ms: count(total.averageMs ?? 0) });
  if (!total.tries) return html`<div class="stack">${choice}<p class="muted">${t("chart.nothing")}</p></div>`;
  const { bars, most } = barsOf(spans, SIZE);
  const line = lineOf(spans, SIZE);
  return html`<figure class="stack charts">${choice}<figcaption>${told}</figcaption>
    <p class="chart-title"><span>${t("chart.tries")}</span><span class="chart-key good">${t("chart.delivered")}</span><span class="chart-key bad">${t("chart.failed")}</span></p>
    <${Drawing} label=${`${t("chart.tries")}. ${told}`} scale=${count(most)}>${bars.map((bar) => html`<g key=${bar.at}>
      <rect class="chart-good" x=${bar.x} width=${bar.width} y=${bar.good.y} height=${bar.good.height} /><rect class="chart-bad" x=${bar.x} width=${bar.width} y=${bar.bad.y} height=${bar.bad.height} /></g>`)}<//>
    <p class="chart-title"><span>${t("chart.average")}</span></p>
    <${Drawing} label=${`${t("chart.average")}. ${told}`} scale=${`${count(line.most)} ms`}><path class="chart-line" d=${line.path} /><//>
    <p class="chart-ends" aria-hidden="true"><span>${when(spans[0].at)}</span><span>${when(spans.at(-1).at)}</span></p>
    <${Table} spans=${spans} when=${when} /></figure>`;
}
