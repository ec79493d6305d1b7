/** What was done in the last days. */
import { html, useState } from "../../vendor/htm-preact.js";
import { usage as load } from "../api.js";
import { count, duration, size } from "../format.js";
import { useLoaded } from "../hooks.js";
import { t } from "../i18n.js";
import { engineName } from "../engines.js";
import { Segments, Skeletons, Trouble } from "../ui.js";

const SPANS = [7, 30, 90];
const DAY_MS = 86_400_000;
const FIELDS = ["submitted", "completed", "failed", "canceled", "outputBytes", "runSeconds"];

const add = (one, two) => Object.fromEntries(FIELDS.map((field) => [field, (one[field] ?? 0) + (two[field] ?? 0)]));
const iso = (ms) => new Date(ms).toISOString().slice(0, 10);

/** Sums of rows by the value of one of their fields. */
function by(rows, field) {
  const sums = new Map();
  for (const row of rows) sums.set(row[field], add(sums.get(row[field]) ?? {}, row));
  return sums;
}

function Days({ rows, days }) {
  const sums = by(rows, "day");
  const shown = Array.from({ length: days }, (_, i) => iso(Date.now() - (days - 1 - i) * DAY_MS));
  const most = Math.max(1, ...shown.map((day) => sums.get(day)?.submitted ?? 0));
  return html`<div class="bars" role="img" aria-label=${t("usage.chart", { n: days, most })}>${shown.map((day) => {
    const jobs = sums.get(day)?.submitted ?? 0;
    return html`<span key=${day} class=${jobs ? "" : "none"} style=${{ height: `${(jobs / most) * 100}%` }} title=${`${day}: ${jobs}`}></span>`;
  })}</div>`;
}

export function Usage() {
  const [days, setDays] = useState(30);
  const loaded = useLoaded(() => load(days), [days]);
  const rows = loaded.data?.days ?? [];
  const total = rows.reduce(add, {});
  const figures = [["submitted", count(total.submitted ?? 0)], ["completed", count(total.completed ?? 0)], ["failed", count(total.failed ?? 0)], ["outputBytes", size(total.outputBytes ?? 0)], ["runSeconds", duration((total.runSeconds ?? 0) * 1000)]];
  return html`<div class="stack"><${Segments} label=${t("usage.span")} value=${days} options=${SPANS.map((n) => [n, t("usage.days", { n })])} onValue=${setDays} />
    <${Trouble} error=${loaded.error} onRetry=${loaded.reload} />${!loaded.data && !loaded.error && html`<${Skeletons} count=${2} />`}
    ${loaded.data && html`<section class="card totals" aria-label=${t("usage.totals")}>${figures.map(([name, value]) => html`<p class="total" key=${name}><strong class="numbers">${value}</strong><span class="note">${t(`usage.${name}`)}</span></p>`)}</section>
      <section class="card"><h2>${t("usage.perDay")}</h2><${Days} rows=${rows} days=${days} /></section>
      ${rows.length > 0 && html`<section class="card"><h2>${t("usage.perEngine")}</h2><div class="table-scroll" tabindex="0" role="region" aria-label=${t("usage.perEngine")}><table><thead><tr><th scope="col">${t("jobs.engine")}</th>
        ${["submitted", "completed", "failed", "canceled", "outputBytes"].map((name) => html`<th scope="col" class="end">${t(`usage.${name}`)}</th>`)}</tr></thead>
        <tbody>${[...by(rows, "engine")].map(([engine, sums]) => html`<tr key=${engine}><td>${engineName(engine)}</td>${["submitted", "completed", "failed", "canceled"].map((name) => html`<td class="end numbers">${count(sums[name])}</td>`)}<td class="end numbers nowrap">${size(sums.outputBytes)}</td></tr>`)}</tbody></table></div></section>`}`}</div>`;
}
