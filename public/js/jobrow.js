/** One job in a list. */
import { html } from "../vendor/htm-preact.js";
import { ago, duration, shortTitle } from "./format.js";
import { t } from "./i18n.js";
import { engineIcon, engineName } from "./engines.js";
import { progressOf, standing, statusName, tone, trouble } from "./jobwords.js";
import { costOf } from "./recipes.js";
import { link } from "./router.js";
import { Badge, Icon, Progress } from "./ui.js";
import { hasEnded } from "./watch.js";

export function JobRow({ job, title, now, selected, onSelect }) {
  const name = `${engineName(job.engine)}: ${shortTitle(title ?? job.mediaId)}`;
  const note = trouble(job);
  const took = job.status === "completed" && job.finishedAt && job.startedAt ? t("job.took", { time: duration(job.finishedAt - job.startedAt) }) : "";
  return html`<li class="job-row" data-status=${job.status}>
    ${onSelect && html`<span class="job-select"><input type="checkbox" checked=${selected} aria-label=${t("jobs.select", { name })}
      onChange=${(event) => onSelect(event.target.checked)} /></span>`}
    <span class=${`job-icon ${tone(job.status)}`}><${Icon} name=${engineIcon(job.engine)} /></span>
    <div class="job-main"><a class="job-title" href=${link("jobs", job.jobId)} title=${title}>${shortTitle(title ?? job.mediaId)}</a>
      <p class="note clip">${[engineName(job.engine), job.imported && t("job.imported"), ago(job.createdAt, now), took, costOf(job.cost)].filter(Boolean).join(" · ")}</p>
      ${note && html`<p class="job-trouble">${note}</p>`}
      ${job.deadLetters > 0 && html`<p class="job-trouble lost">${t("job.undelivered", { n: job.deadLetters })}</p>`}</div>
    <div class="job-state"><${Badge} tone=${tone(job.status)}>${statusName(job)}<//>
      ${!hasEnded(job) && html`<${Progress} value=${progressOf(job)} label=${name} text=${statusName(job)} />
        <span class="note numbers">${standing(job, now)}</span>`}</div></li>`;
}
