/** One run of a recipe: its steps, how far each is, and what waits for a person. */
import { html, useEffect, useState } from "../../vendor/htm-preact.js";
import { recipes as recipesApi, runs as api } from "../api.js";
import { duration, moment, shortTitle } from "../format.js";
import { useAction, useLoaded, useNow } from "../hooks.js";
import { t } from "../i18n.js";
import { progressOf } from "../jobwords.js";
import { languageName } from "../languages.js";
import { costOf, isReview, runEnded, runTone, stepEnded, stepIcon, stepName, stepNote, stepState, stepTone, stepTrouble, titleOf } from "../recipes.js";
import { NotifyButton } from "../results/notify.js";
import { link } from "../router.js";
import { Badge, Button, Confirm, Icon, LinkButton, Page, Progress, Skeletons, Trouble, announce } from "../ui.js";
import { applied, hasEnded, watch } from "../watch.js";

export const name = "run";

const LOOK_MS = 3000;
const REVIEW_LOOK_MS = 10_000; // A person takes their time.

const jobSteps = (run) => run?.steps.filter((step) => !isReview(step)) ?? [];

/** The run, followed: its jobs live, all else by looking again. */
function useRun(runId) {
  const loaded = useLoaded(() => api.get(runId), [runId]);
  const run = loaded.data;
  const open = jobSteps(run).filter((step) => !hasEnded(step));
  useEffect(() => watch(open, (message) => {
    loaded.set((before) => before && { ...before, steps: before.steps.map((step) => (step.jobId === message.jobId ? applied(step, message) : step)) });
    if (hasEnded(message)) loaded.reload();
  }), [open.map(({ jobId }) => jobId).join()]);
  const ended = run ? runEnded(run) : true;
  useEffect(() => {
    if (ended) return undefined;
    const timer = setInterval(() => document.hidden || loaded.reload(), run.status === "in_review" ? REVIEW_LOOK_MS : LOOK_MS);
    return () => clearInterval(timer);
  }, [ended, run?.status]);
  useEffect(() => {
    if (run) announce(t(`run.${run.status}`));
  }, [run?.status]);
  return loaded;
}

function Track({ track, run, sources }) {
  const spoken = track.language ? languageName(track.language) : t("language.none");
  const edited = track.newestId && track.newestId !== track.madeId;
  const beside = sources.find((other) => other.track !== track.track)?.newestId;
  return html`<li class="row"><span class="row-text"><strong>${spoken}</strong><span class="note">${edited ? t("review.edited") : t("review.asMade")}</span></span>
    ${track.newestId && html`<${LinkButton} small icon="edit" href=${link("media", run.mediaId, "subtitles", { version: track.newestId, beside, run: run.runId })} aria-label=${t("review.openTrack", { language: spoken })}>${t("review.open")}<//>`}</li>`;
}

function Review({ step, run, onRun }) {
  const [asking, setAsking] = useState(false);
  const [decide, { busy, error }] = useAction(async (decision) => {
    onRun(await api.review(run.runId, step.reviewId, { decision }));
    setAsking(false);
    announce(t(`review.${decision}Done`));
  });
  const tracks = step.tracks ?? [];
  if (step.state !== "requested") return null;
  return html`<div class="review stack"><p>${t("review.text")}</p><${Trouble} error=${error} />
    <ul class="rows" role="list">${tracks.map((track) => html`<${Track} key=${track.track} ...${{ track, run }} sources=${tracks} />`)}</ul>
    <div class="actions"><${Button} kind="primary" icon="check" busy=${busy} onClick=${() => decide("approve")}>${t("review.approve")}<//>
      <${Button} kind="bad" icon="cross" disabled=${busy} onClick=${() => setAsking(true)}>${t("review.reject")}<//></div>
    ${asking && html`<${Confirm} title=${t("review.rejectTitle")} text=${t("review.rejectText")} verb=${t("review.reject")} ...${{ busy, error }} onYes=${() => decide("reject")} onClose=${() => setAsking(false)} />`}</div>`;
}

function Step({ step, run, now, onRun }) {
  const [note, wrong, runs] = [stepNote(step, now), stepTrouble(step), !isReview(step) && !stepEnded(step) && step.status !== "waiting"];
  const name = stepName(step, run.steps);
  return html`<li class="run-step" data-state=${isReview(step) ? step.state : step.status}><span class=${`job-icon ${stepTone(step)}`}><${Icon} name=${stepTone(step) === "good" ? "check" : stepIcon(step)} /></span>
    <div class="run-step-text"><div class="now-line"><h3>${isReview(step) ? name : html`<a class="job-title" href=${link("jobs", step.jobId)}>${name}</a>`}</h3><${Badge} tone=${stepTone(step)}>${stepState(step)}<//></div>
      ${runs && html`<${Progress} value=${progressOf(step)} label=${name} text=${stepState(step)} />`}
      ${note && html`<p class="note numbers">${note}</p>`}
      ${wrong && html`<p class=${step.status === "failed" ? "form-error" : "note"}>${wrong}</p>`}
      ${isReview(step) && html`<${Review} ...${{ step, run, onRun }} />`}</div></li>`;
}

function Actions({ run, onRun }) {
  const act = (verb) => useAction(async () => {
    onRun(await api[verb](run.runId));
    announce(t(`run.${verb}Done`));
  });
  const [cancel, canceling] = act("cancel");
  const [retry, retrying] = act("retry");
  const error = canceling.error ?? retrying.error;
  return html`${!runEnded(run) && html`<${Button} icon="cross" busy=${canceling.busy} onClick=${cancel}>${t("job.cancel")}<//>`}
    ${["failed", "canceled"].includes(run.status) && html`<${Button} kind="primary" icon="retry" busy=${retrying.busy} onClick=${retry}>${t("run.retry")}<//>`}
    ${error && html`<p class="form-error" role="alert">${error.message}</p>`}`;
}

/** What all steps cost together, by what is counted. */
function totalCost(run) {
  const total = {};
  for (const { cost } of jobSteps(run)) {
    for (const [what, value] of Object.entries(cost ?? {})) if (typeof value === "number") total[what] = (total[what] ?? 0) + value;
  }
  return costOf(total);
}

export function View({ route }) {
  const now = useNow(1000);
  const loaded = useRun(route.segments[1]);
  const known = useLoaded(() => recipesApi.list(), []);
  const run = loaded.data;
  const back = [t("runs.title"), link("runs")];
  if (!run) {
    return html`<${Page} back=${back} title=${loaded.error ? t("error.title") : t("ui.loading")}><${Trouble} error=${loaded.error} onRetry=${loaded.reload} />
      ${!loaded.error && html`<${Skeletons} kind="block" count=${1} />`}<//>`;
  }
  const recipe = known.data?.items.find((one) => one.name === run.recipe) ?? { name: run.recipe };
  const cost = totalCost(run);
  const onRun = (changed) => loaded.set(changed);
  return html`<${Page} back=${back} title=${titleOf(recipe)} lead=${run.mediaTitle && shortTitle(run.mediaTitle)} actions=${html`<${Actions} ...${{ run, onRun }} />`}>
    <${Trouble} error=${loaded.error} onRetry=${loaded.reload} />
    <div class="columns"><section class="card" aria-labelledby="steps"><div class="card-head"><h2 id="steps">${t("run.steps")}</h2><${Badge} tone=${runTone(run)}>${t(`run.${run.status}`)}<//></div>
        ${!runEnded(run) && html`<${NotifyButton} />`}
        <ol class="run-steps" role="list">${run.steps.map((step) => html`<${Step} key=${step.step} ...${{ step, run, now, onRun }} />`)}</ol></section>
      <section class="card" aria-labelledby="facts"><h2 id="facts">${t("run.facts")}</h2><dl class="facts">
        <dt>${t("job.media")}</dt><dd><a href=${link("media", run.mediaId)}>${shortTitle(run.mediaTitle ?? run.mediaId)}</a></dd>
        ${Object.entries(run.parameters ?? {}).map(([key, value]) => html`<dt>${titleOf(recipe.parameters?.find((one) => one.name === key) ?? { name: key })}</dt><dd>${["to", "from", "language"].includes(key) ? languageName(value) : String(value)}</dd>`)}
        <dt>${t("job.created")}</dt><dd>${moment(run.createdAt)}</dd>
        ${run.finishedAt && html`<dt>${t("run.took")}</dt><dd>${duration(run.finishedAt - run.createdAt)}</dd>`}
        ${cost && html`<dt>${t("run.cost")}</dt><dd>${cost}</dd>`}
        <dt>${t("job.id")}</dt><dd><code>${run.runId}</code></dd></dl></section></div><//>`;
}
