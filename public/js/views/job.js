/** One job: its state, its outputs, and its history in words. */
import { html, useEffect, useRef, useState } from "../../vendor/htm-preact.js";
import { jobs as api, media } from "../api.js";
import { clock, day, duration, fileType, moment, shortTitle, size } from "../format.js";
import { byAttempt, sentence } from "../history.js";
import { useAction, useLoaded, useNow } from "../hooks.js";
import { language, t } from "../i18n.js";
import { engineName } from "../engines.js";
import { canRetry, progressOf, slotName, standing, statusName, tone, trouble } from "../jobwords.js";
import { loadPart } from "../loading.js";
import { Sentences } from "../notices.js";
import { Player } from "../player.js";
import { costOf } from "../recipes.js";
import { Log } from "../results/log.js";
import { NextSteps } from "../results/next.js";
import { NotifyButton } from "../results/notify.js";
import { link } from "../router.js";
import { Badge, Button, Confirm, Icon, LinkButton, LoadTrouble, Page, Progress, Skeletons, Trouble, announce } from "../ui.js";
import { applied, hasEnded, watch } from "../watch.js";

export const name = "job";

const LOOK_MS = 1500;
const LOOKS_MAX = 10;
/** How long before they expire fresh links are asked for, and how soon again at the earliest. */
const BEFORE_EXPIRY_MS = 60_000;
const AGAIN_MS = 10_000;
const FIRST = ["video", "audio", "audioSource", "subtitles", "comments", "poster", "contactSheet", "thumbnail", "metadata"];

/** The job, followed; its links and its history are asked for again when its state has changed. */
function useJob(jobId) {
  const loaded = useLoaded(() => api.get(jobId), [jobId]);
  const why = useLoaded(() => api.why(jobId), [jobId]);
  const job = loaded.data;
  const ended = job ? hasEnded(job) : true;
  const seen = useRef("");
  useEffect(() => {
    if (!job || ended) return undefined;
    return watch([job], (message) => loaded.set((before) => applied(before, message)));
  }, [job?.jobId, ended]);
  useEffect(() => {
    if (!job) return;
    const state = `${job.generation} ${job.status} ${job.attempt}`;
    if (seen.current && seen.current !== state) {
      why.reload();
      if (ended) loaded.reload();
      announce(`${engineName(job.engine)}: ${statusName(job)}`);
    }
    seen.current = state;
  }, [job?.status, job?.attempt, job?.generation]);
  const until = Math.min(...Object.values(job?.artifacts ?? {}).map((file) => file.expiresAt));
  useEffect(() => {
    if (!Number.isFinite(until)) return undefined;
    const timer = setTimeout(loaded.reload, Math.max(until - Date.now() - BEFORE_EXPIRY_MS, AGAIN_MS));
    return () => clearTimeout(timer);
  }, [until]);
  return { loaded, why, job };
}

/** How long it took, without the wait, and what it cost. */
function spent(job) {
  const took = job.finishedAt && t("job.took", { time: duration(job.finishedAt - (job.startedAt ?? job.createdAt)) });
  return [took, costOf(job.cost)].filter(Boolean).join(" · ");
}

function Now({ job, now }) {
  const note = trouble(job);
  return html`<section class="card now" aria-label=${t("job.state")}><div class="now-line"><${Badge} tone=${tone(job.status)}>${statusName(job)}<//>
      <span class="note numbers">${standing(job, now) || spent(job)}</span></div>
    ${!hasEnded(job) && html`<${Progress} value=${progressOf(job)} label=${t("job.progress")} text=${statusName(job)} />`}
    ${job.waitsFor?.length > 0 && html`<p class="note">${t("job.waitsFor")} ${job.waitsFor.map(({ slot, fromJob }, at) => html`${at > 0 && ", "}<a key=${slot} href=${link("jobs", fromJob)}>${slotName(slot)}</a>`)}</p>`}
    ${!hasEnded(job) && job.phase && html`<p class="note">${t("job.phase", { phase: job.phase })}</p>`}
    ${!hasEnded(job) && html`<${NotifyButton} />`}
    ${note && html`<p class=${job.status === "failed" ? "form-error" : "note"} role=${job.status === "failed" ? "alert" : undefined}>${note}</p>`}</section>`;
}

function Failure({ job }) {
  const { error } = job;
  if (!error || job.status === "completed") return null;
  return html`<section class="card stack" aria-labelledby="failure"><h2 id="failure">${t("job.failure")}</h2>
    <dl class="facts"><dt>${t("job.code")}</dt><dd><code>${error.code}</code></dd>
      ${!job.imported && html`<dt>${t("job.again")}</dt><dd>${error.retryable === false ? t("job.notRetryable") : t("job.retryable")}</dd>`}</dl>
    ${error.hints?.length > 0 && html`<p>${error.hints.map((hint) => t(`hint.${hint}`)).join(" ")}</p>`}
    ${error.toolTail && html`<details open><summary>${t("job.toolTail")}</summary><pre tabindex="0">${error.toolTail}</pre></details>`}</section>`;
}

function Artifacts({ job, onRemoved }) {
  const [asking, setAsking] = useState(false);
  const [remove, removing] = useAction(async () => {
    await api.removeArtifacts(job.jobId);
    setAsking(false);
    onRemoved();
  });
  const slots = Object.entries(job.artifacts ?? {}).sort(([a], [b]) => FIRST.indexOf(a) - FIRST.indexOf(b));
  if (!slots.length) return null;
  return html`<section class="card" aria-labelledby="artifacts"><div class="card-head"><h2 id="artifacts">${t("job.artifacts")}</h2>
      ${hasEnded(job) && html`<${Button} small kind="quiet bad" icon="trash" onClick=${() => setAsking(true)}>${t("job.removeFiles")}<//>`}</div>
    ${asking && html`<${Confirm} title=${t("job.removeTitle")} text=${t("job.removeText")} verb=${t("ui.delete")} ...${removing} onYes=${remove} onClose=${() => setAsking(false)} />`}
    <ul class="rows" role="list">${slots.map(([slot, file]) => html`<li class="row" key=${slot}><span class="row-text"><strong>${slotName(slot)}</strong>
        <span class="note">${[file.fileName, fileType(file.contentType), size(file.sizeBytes)].filter(Boolean).join(" · ")}</span></span>
      <a class="button quiet small" href=${file.url} target="_blank" rel="noopener" aria-label=${t("job.openFile", { file: slotName(slot) })}>${t("ui.open")}</a>
      <${LinkButton} small icon="download" href=${file.downloadUrl} download=${file.fileName ?? true} aria-label=${t("job.saveFile", { file: slotName(slot) })}>${t("job.save")}<//></li>`)}</ul></section>`;
}

/** What a transcription has heard, beside what it was heard in. */
function Words({ job, item }) {
  const video = useRef(null);
  const part = useLoaded(() => loadPart("transcript", language(), () => import("../transcript.js")), []);
  const source = item.inputs.video;
  if (!part.data) return part.error && html`<${LoadTrouble} error=${part.error} onRetry=${part.reload} />`;
  return html`${source && html`<${Player} src=${media.contentPath(item.mediaId, source.inputId)} videoRef=${video} label=${shortTitle(item.title)} />`}
    <${part.data.Transcript} ...${{ job, item, video }} />`;
}

/** What there is to know of the result: what was guessed, left out, or is shown otherwise. */
function Told({ notices }) {
  if (!notices?.length) return null;
  return html`<section class="card stack" aria-labelledby="told"><h2 id="told">${t("job.notices")}</h2><${Sentences} notices=${notices} /></section>`;
}

function stepTone({ status, cause, error }) {
  if (status === "completed") return "good";
  if (!error || cause === "retried") return "";
  return status === "queued" ? "warn" : "bad";
}

function Timeline({ why }) {
  const steps = why.data?.steps ?? [];
  const groups = byAttempt(steps);
  const several = new Set(steps.map((step) => step.attempt)).size > 2;
  return html`<section class="card" aria-labelledby="history"><h2 id="history">${t("job.history")}</h2><${Trouble} error=${why.error} onRetry=${why.reload} />
    ${!why.data && !why.error && html`<${Skeletons} count=${2} />`}
    ${why.data && html`<p class="note chronicle-day">${day(steps[0]?.at ?? Date.now())}</p>`}
    <ol class="chronicle">${groups.map((group, index) => html`${several && group.attempt > 0 && html`<li key=${`attempt-${index}`} class="chronicle-attempt"><strong>${t("job.attemptNo", { n: group.attempt })}</strong></li>`}
      ${group.steps.map((step, place) => html`<li key=${`${index}-${place}`} class=${stepTone(step)}><time datetime=${new Date(step.at).toISOString()} title=${moment(step.at)}>${clock(step.at)}</time><span>${sentence(step)}</span></li>`)}`)}</ol></section>`;
}

/** An action on the job that shows its state afterwards. */
function useJobAction(job, verb, onJob) {
  return useAction(async () => {
    const changed = await api[verb](job.jobId);
    onJob(changed?.jobId ? changed : await api.get(job.jobId));
    announce(t(`job.${verb}Done`));
  });
}

/** Events that reached the app late or never: what is shown may be out of date. */
function DeadLetters({ job, onJob }) {
  const [looks, setLooks] = useState(0);
  const [replay, { busy, error }] = useJobAction(job, "replay", (changed) => {
    onJob(changed);
    setLooks(LOOKS_MAX);
  });
  useEffect(() => {
    // The orchestrator delivers after it has answered.
    if (!looks || !job.deadLetters) return undefined;
    const timer = setTimeout(async () => {
      const now = await api.get(job.jobId).catch(() => null);
      if (now) onJob(now);
      setLooks(looks - 1);
    }, LOOK_MS);
    return () => clearTimeout(timer);
  }, [looks, job.deadLetters]);
  if (!job.deadLetters) return null;
  return html`<section class="banner warn" aria-label=${t("job.undelivered", { n: job.deadLetters })}><${Icon} name="alert" />
    <p><strong>${t("job.undelivered", { n: job.deadLetters })}</strong><br />${t("job.undeliveredText")}${error && html`<br />${error.message}`}</p>
    <${Button} small icon="retry" busy=${busy} onClick=${replay}>${t("job.replay")}<//></section>`;
}

/** Of a job that came with an import: nothing can be done with it but to read it. */
function Imported({ job }) {
  return html`<section class="banner" aria-label=${t("job.imported")}><${Icon} name="clock" />
    <p><strong>${t("job.imported")}</strong><br />${t("job.importedText")}</p>
    <${LinkButton} small icon="film" href=${link("media", job.mediaId)}>${t("job.media")}<//></section>`;
}

function Actions({ job, onJob }) {
  const [cancel, canceling] = useJobAction(job, "cancel", onJob);
  const [retry, retrying] = useJobAction(job, "retry", onJob);
  const error = canceling.error ?? retrying.error;
  return html`${!hasEnded(job) && html`<${Button} icon="cross" busy=${canceling.busy} onClick=${cancel}>${t("job.cancel")}<//>`}
    ${canRetry(job) && html`<${Button} kind="primary" icon="retry" busy=${retrying.busy} onClick=${retry}>${t("job.retry")}<//>`}
    ${error && html`<p class="form-error" role="alert">${error.message}</p>`}`;
}

export function View({ route }) {
  const jobId = route.segments[1];
  const now = useNow(1000);
  const { loaded, why, job } = useJob(jobId);
  const owner = useLoaded(async () => (job ? media.get(job.mediaId) : null), [job?.mediaId]);
  const back = [t("nav.jobs"), link("jobs")];
  if (!job) {
    return html`<${Page} back=${back} title=${loaded.error ? t("error.title") : t("ui.loading")}><${Trouble} error=${loaded.error} onRetry=${loaded.reload} />
      ${!loaded.error && html`<${Skeletons} kind="block" count=${1} />`}<//>`;
  }
  const { video, poster, contactSheet, words } = job.artifacts ?? {};
  const title = shortTitle(owner.data?.title ?? job.mediaId);
  const onJob = (changed) => {
    loaded.set(changed);
    why.reload();
  };
  return html`<${Page} back=${back} title=${engineName(job.engine)} lead=${title} actions=${html`<${Actions} ...${{ job, onJob }} />`}>
    ${job.imported && html`<${Imported} job=${job} />`}<${DeadLetters} ...${{ job, onJob }} /><div class="columns"><div class="stack"><${Now} ...${{ job, now }} />
        ${video && html`<${Player} src=${video.url} poster=${poster?.url} label=${title} expiresAt=${video.expiresAt} onExpired=${loaded.reload} />`}
        ${words && owner.data && job.status === "completed" && html`<${Words} job=${job} item=${owner.data} />`}
        ${hasEnded(job) ? html`<${NextSteps} job=${job} />` : !["waiting", "queued"].includes(job.status) && html`<${Log} job=${job} />`}<${Told} notices=${why.data?.notices} /><${Failure} job=${job} />
        ${contactSheet && html`<section class="card"><h2>${t("slot.contactSheet")}</h2><img class="poster" src=${contactSheet.url} alt=${t("job.sheetAlt")} loading="lazy" /></section>`}</div>
      <div class="stack"><${Artifacts} job=${job} onRemoved=${loaded.reload} /><${Timeline} why=${why} />
        <section class="card stack" aria-labelledby="facts"><h2 id="facts">${t("job.facts")}</h2><dl class="facts">
          <dt>${t("job.media")}</dt><dd><a href=${link("media", job.mediaId)}>${title}</a></dd>
          <dt>${t("job.id")}</dt><dd><code>${job.jobId}</code></dd>
          <dt>${t("job.attempt")}</dt><dd>${job.attempt}${job.generation > 1 ? ` · ${t("job.generation", { n: job.generation })}` : ""}</dd>
          <dt>${t("job.created")}</dt><dd>${moment(job.createdAt)}</dd></dl>
          ${!job.imported && html`<details><summary>${t("job.options")}</summary><pre tabindex="0">${JSON.stringify(job.options, null, 2)}</pre></details>`}</section></div></div><//>`;
}
