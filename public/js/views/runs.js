/** All runs of recipes, newest first. */
import { html, useEffect } from "../../vendor/htm-preact.js";
import { recipes as recipesApi, runs as api } from "../api.js";
import { ago, duration, shortTitle } from "../format.js";
import { useLoaded, useNow, usePages } from "../hooks.js";
import { t } from "../i18n.js";
import { currentStep, runEnded, runProgress, runTone, stepName, stepTrouble, titleOf } from "../recipes.js";
import { link } from "../router.js";
import { WorkTabs } from "../worktabs.js";
import { Badge, Empty, Icon, LinkButton, More, Page, Progress, Skeletons, Trouble } from "../ui.js";

export const name = "runs";

const PAGE = 50;
const LOOK_MS = 5000;

function RunRow({ run, title, now }) {
  const at = currentStep(run);
  const failed = run.steps.find((step) => step.status === "failed"); // The others failed of it.
  const took = run.status === "completed" && run.finishedAt ? t("job.took", { time: duration(run.finishedAt - run.createdAt) }) : "";
  const media = shortTitle(run.mediaTitle ?? run.mediaId);
  return html`<li class="job-row" data-status=${run.status}><span class=${`job-icon ${runTone(run)}`}><${Icon} name=${run.status === "in_review" ? "edit" : "jobs"} /></span>
    <div class="job-main"><a class="job-title" href=${link("runs", run.runId)}>${media}</a>
      <p class="note clip">${[title, ago(run.createdAt, now), took].filter(Boolean).join(" · ")}</p>
      ${run.status === "failed" && failed && html`<p class="job-trouble">${stepName(failed, run.steps)}: ${stepTrouble(failed)}</p>`}</div>
    <div class="job-state"><${Badge} tone=${runTone(run)}>${t(`run.${run.status}`)}<//>
      ${!runEnded(run) && html`<${Progress} value=${runProgress(run)} label=${`${title}: ${media}`} text=${t(`run.${run.status}`)} />
        ${at && html`<span class="note">${stepName(at, run.steps)}</span>`}`}</div></li>`;
}

export function View() {
  const now = useNow(10_000);
  const known = useLoaded(() => recipesApi.list(), []);
  const pages = usePages((cursor) => api.list({ limit: PAGE, cursor }), [], "runs");
  const { items } = pages;
  const isOpen = items?.some((run) => !runEnded(run));
  const isFirst = items && items.length <= PAGE;
  useEffect(() => {
    // Only the first page is looked at again: what is further down has ended, or is opened by itself.
    if (!isOpen || !isFirst) return undefined;
    const timer = setInterval(() => document.hidden || pages.reload(), LOOK_MS);
    return () => clearInterval(timer);
  }, [isOpen, isFirst]);
  const titles = Object.fromEntries((known.data?.items ?? []).map((recipe) => [recipe.name, titleOf(recipe)]));
  return html`<${Page} title=${t("jobs.title")} lead=${t("runs.lead")}><${WorkTabs} current="runs" /><${Trouble} error=${pages.error} onRetry=${pages.reload} />
    ${!items && !pages.error && html`<${Skeletons} count=${6} />`}
    ${items?.length === 0 && html`<${Empty} icon="jobs" title=${t("runs.empty")}><p>${t("runs.emptyText")}</p>
      <div class="actions"><${LinkButton} kind="primary" icon="plus" href=${link("new")}>${t("nav.new")}<//></div><//>`}
    ${items?.length > 0 && html`<section class="card list"><ul class="job-rows" role="list" aria-label=${t("runs.title")}>${items.map((run) => html`<${RunRow} key=${run.runId} ...${{ run, now }} title=${titles[run.recipe] ?? run.recipe} />`)}</ul></section>`}
    <${More} pages=${pages} /><//>`;
}
