/**
 * That a job or a run has ended while nobody looks at the page: in the tab's title, and as a notification of the system
 * where the person has asked for them. What ends inside of a run is the run's.
 */
import { jobs as jobsApi, runs as runsApi } from "../api.js";
import { engineName } from "../engines.js";
import { shortTitle } from "../format.js";
import { t, useWords } from "../i18n.js";
import { link } from "../router.js";
import { hasEnded, watch } from "../watch.js";
import { told, whatRuns } from "./ended.js";

await useWords("results");

const LOOK_MS = 15_000;
const OPEN = "waiting,queued,fetching_metadata,preparing,running,uploading";
const MOST = 100;

let before = ""; // The title, as it was when something ended.
let count = 0;

function show({ text, href, id }) {
  count += 1;
  before ||= document.title;
  document.title = `(${count}) ${text}`;
  if (globalThis.Notification?.permission !== "granted") return;
  try {
    // Of several tabs that say the same, one is shown.
    const shown = new Notification(text, { tag: id, icon: "/icon.svg" });
    shown.onclick = () => {
      focus();
      location.hash = href;
      shown.close();
    };
  } catch {
    // Some browsers show notifications of service workers alone.
  }
}

const ofJob = (job) => ({ id: job.jobId, href: link("jobs", job.jobId), text: told(t(`attention.${job.status}`), engineName(job.engine), shortTitle(job.mediaTitle ?? "")) });
const ofRun = (run) => ({ id: run.runId, href: link("runs", run.runId), text: told(t(`attention.${run.status}`), t("runs.one"), shortTitle(run.mediaTitle ?? "")) });

/** Look after what runs now until it has ended; returns what stops it. */
async function follow(isLeft) {
  const [jobs, runs] = await Promise.all([jobsApi.list({ status: OPEN, limit: MOST }), runsApi.list({ limit: MOST })]);
  const open = whatRuns(jobs.items, runs.items);
  if (isLeft() || (!open.jobs.size && !open.runs.size)) return () => {};
  const end = (job) => {
    if (!hasEnded(job) || !open.jobs.has(job.jobId)) return;
    show(ofJob({ ...open.jobs.get(job.jobId), status: job.status }));
    open.jobs.delete(job.jobId);
  };
  const stop = watch([...open.jobs.values()], end);
  const timer = setInterval(async () => {
    const ids = [...open.jobs.keys()].join();
    if (ids) (await jobsApi.list({ ids, limit: MOST }).catch(() => ({ items: [] }))).items.forEach(end);
    for (const runId of [...open.runs.keys()]) {
      const run = await runsApi.get(runId).catch(() => null);
      if (!run || !hasEnded(run) || !open.runs.has(runId)) continue;
      open.runs.delete(runId);
      show(ofRun(run));
    }
    if (!open.jobs.size && !open.runs.size) clearInterval(timer);
  }, LOOK_MS);
  return () => {
    clearInterval(timer);
    stop();
  };
}

/** Watch while the tab is hidden; returns what stops it. For a page of somebody who is signed in. */
export function tellWhenHidden() {
  let stop = () => {};
  let turn = 0;
  const look = async () => {
    stop();
    stop = () => {};
    const mine = ++turn;
    if (!document.hidden) {
      if (before) document.title = before;
      [before, count] = ["", 0];
      return;
    }
    const found = await follow(() => mine !== turn).catch(() => () => {});
    if (mine === turn) stop = found;
    else found();
  };
  document.addEventListener("visibilitychange", look);
  look();
  return () => {
    turn += 1;
    stop();
    document.removeEventListener("visibilitychange", look);
  };
}
