/** The state of the system: alerts, unfinished jobs, dead letters, and the health of every part. */
import { html } from "../../vendor/htm-preact.js";
import { status as load } from "../api.js";
import { ago, count, moment } from "../format.js";
import { useLoaded } from "../hooks.js";
import { has, said, t } from "../i18n.js";
import { engineName } from "../engines.js";
import { link } from "../router.js";
import { Badge, Page, Skeletons, Trouble } from "../ui.js";
import { Health } from "./health.js";

export const name = "status";

const WAITS = ["queued", "fetching_metadata", "preparing", "running", "uploading"];

/** What an alert is about: its kind in words, and the engine if it is about one. */
function title(alert) {
  const key = `alerts.${alert.kind}`;
  const words = has(key) ? t(key) : alert.kind;
  return alert.engine ? `${words}: ${engineName(alert.engine)}` : words;
}

function Alert({ one }) {
  const open = one.resolvedAt == null;
  const times = open ? t("standing.openSince", { at: moment(one.openedAt) }) : t("standing.over", { from: moment(one.openedAt), to: moment(one.resolvedAt) });
  return html`<li class="row"><span class="row-text"><strong>${title(one)}</strong><span class="note">${times}${one.details?.error && ` · ${said(one.details, one.details.error)}`}</span></span>
    <${Badge} tone=${open ? "bad" : "good"}>${t(open ? "standing.open" : "standing.resolved")}<//></li>`;
}

function Jobs({ jobs }) {
  const { unfinished, oldestWaiting, deadLetters } = jobs;
  return html`<section class="card" aria-labelledby="jobs-standing"><h2 id="jobs-standing">${t("standing.jobs")}</h2>
    <dl class="facts">${WAITS.map((key) => html`<dt key=${key}>${t(`status.${key}`)}</dt><dd class="numbers">${count(unfinished[key] ?? 0)}</dd>`)}
      <dt>${t("standing.oldest")}</dt><dd>${oldestWaiting ? html`<a href=${link("jobs", oldestWaiting.jobId)}>${ago(oldestWaiting.since)}</a>` : t("standing.none")}</dd>
      <dt>${t("standing.deadLetters")}</dt><dd>${deadLetters.jobs ? t("standing.lettersOf", { events: count(deadLetters.events), jobs: count(deadLetters.jobs) }) : t("standing.none")}</dd></dl></section>`;
}

function Standing() {
  const loaded = useLoaded(load, []);
  const { jobs, alerts = [] } = loaded.data ?? {};
  return html`<${Trouble} error=${loaded.error} onRetry=${loaded.reload} />${!loaded.data && !loaded.error && html`<${Skeletons} count=${2} />`}
    ${jobs && html`<section class="card" aria-labelledby="alerts"><h2 id="alerts">${t("standing.alerts")}</h2>
      ${alerts.length ? html`<ul class="rows" role="list">${alerts.map((one) => html`<${Alert} key=${one.alertId} one=${one} />`)}</ul>` : html`<p class="note">${t("standing.quiet")}</p>`}</section><${Jobs} jobs=${jobs} />`}`;
}

export function View() {
  return html`<${Page} title=${t("title.status")} lead=${t("standing.lead")}><div class="stack"><${Standing} /><${Health} /></div><//>`;
}
