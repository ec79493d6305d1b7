/** The page: signing in, and the list of jobs kept up to date. */
import { ApiError, cancelJob, createJob, getJob, getMedia, listJobs, newKey, token } from "./api.js";
import { NewJobForm } from "./form.js";
import { JobList } from "./jobs.js";
import { hasEnded } from "./words.js";

const byId = (id) => document.getElementById(id);
const ACTIVE_MS = 1000;
const IDLE_MS = { first: 2000, last: 30_000 }; // Doubled with every look that brings nothing new.
const TROUBLE_MS = { first: 2000, last: 30_000 };

const jobs = new Map(); // By id; ids sort by time.
const titles = new Map(); // By media id.
let olderCursor = null;
let timer = 0;
let waitMs = ACTIVE_MS;
let looking = false;

const list = new JobList(byId("jobs"), byId("announcer"), {
  async cancel(job) {
    keep(await cancelJob(job.jobId));
    lookNow();
  },
  async again(job) {
    const { engine, mediaId, options } = job;
    start(await createJob({ engine, mediaId, options }, newKey()));
  },
  async fresh(job) {
    return getJob(job.jobId);
  },
});
let form = null;

function start(job) {
  keep(job);
  show();
  list.open(job.jobId);
  lookNow();
}

function keep(job) {
  jobs.set(job.jobId, job);
}

const newestFirst = () =>
  [...jobs.values()].sort((a, b) => (a.jobId < b.jobId ? 1 : a.jobId > b.jobId ? -1 : 0));

function show() {
  const known = newestFirst();
  const active = known.filter((job) => !hasEnded(job)).length;
  list.show(known, (mediaId) => titles.get(mediaId) ?? "…");
  byId("loading").hidden = true;
  byId("empty").hidden = known.length > 0;
  byId("older").hidden = olderCursor === null;
  byId("jobs-summary").textContent = active > 0 ? `${active} running` : "";
  document.title = active > 0 ? `(${active}) Media jobs` : "Media jobs";
}

async function nameMedia() {
  const unknown = new Set([...jobs.values()].map((job) => job.mediaId));
  for (const mediaId of unknown) {
    if (!titles.has(mediaId)) titles.set(mediaId, (await getMedia(mediaId)).title);
  }
}

/** Fetch what may have changed: the newest page, and older jobs that still run. */
async function refresh() {
  const page = await listJobs();
  if (jobs.size === 0) olderCursor = page.nextCursor;
  const fresh = new Set(page.items.map((job) => job.jobId));
  page.items.forEach(keep);
  for (const job of newestFirst()) {
    if (!fresh.has(job.jobId) && !hasEnded(job)) keep(await getJob(job.jobId));
  }
  await nameMedia();
}

const state = () => [...jobs.values()].map((job) => `${job.jobId} ${job.updatedAt}`).join();

async function look() {
  if (looking || document.hidden || !token.get()) return;
  looking = true;
  clearTimeout(timer);
  const before = state();
  try {
    await refresh();
    show();
    calm();
    const active = [...jobs.values()].some((job) => !hasEnded(job));
    if (active) waitMs = ACTIVE_MS;
    else if (state() !== before || waitMs < IDLE_MS.first) waitMs = IDLE_MS.first;
    else waitMs = Math.min(waitMs * 2, IDLE_MS.last);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 401) return signOut("This token is unknown or was revoked.");
    waitMs = Math.min(Math.max(waitMs * 2, TROUBLE_MS.first), TROUBLE_MS.last);
    alarm(error.message);
  } finally {
    looking = false;
  }
  timer = setTimeout(look, waitMs);
}

function lookNow() {
  waitMs = ACTIVE_MS;
  clearTimeout(timer);
  timer = setTimeout(look, 150);
}

function alarm(text) {
  byId("loading").hidden = true;
  byId("trouble").hidden = false;
  const seconds = Math.round(waitMs / 1000);
  const shown = `${text} Next try in ${seconds} s.`;
  if (byId("trouble-text").textContent !== shown) byId("trouble-text").textContent = shown;
}

function calm() {
  byId("trouble").hidden = true;
  byId("trouble-text").textContent = "";
}

async function showOlder() {
  const button = byId("older");
  button.disabled = true;
  try {
    const page = await listJobs(olderCursor);
    page.items.forEach(keep);
    olderCursor = page.nextCursor;
    await nameMedia();
    show();
    calm();
  } catch (error) {
    alarm(error.message);
  }
  button.disabled = false;
}

function enter() {
  byId("sign-in").hidden = true;
  byId("workspace").hidden = false;
  byId("sign-out").hidden = false;
  byId("loading").hidden = false;
  form ??= new NewJobForm((job) => start(job));
  lookNow();
}

function signOut(why = "") {
  token.clear();
  clearTimeout(timer);
  jobs.clear();
  titles.clear();
  olderCursor = null;
  list.clear();
  calm();
  document.title = "Media jobs";
  byId("workspace").hidden = true;
  byId("sign-out").hidden = true;
  byId("sign-in").hidden = false;
  byId("sign-in-error").textContent = why;
  byId("token").value = "";
  byId("token").focus();
}

async function signIn(event) {
  event.preventDefault();
  const button = event.submitter ?? byId("sign-in-form").querySelector("button");
  const given = byId("token").value.trim();
  const say = (text) => (byId("sign-in-error").textContent = text);
  if (!/^[\x21-\x7e]+$/.test(given)) {
    say("Paste the token as it was given to you.");
    byId("token").focus();
    return;
  }
  button.disabled = true;
  say("");
  token.set(given);
  try {
    await listJobs();
    byId("token").value = "";
    enter();
    byId("url").focus();
  } catch (error) {
    token.clear();
    say(error.message);
    byId("token").focus();
  }
  button.disabled = false;
}

byId("sign-in-form").addEventListener("submit", signIn);
byId("sign-out").addEventListener("click", () => signOut());
byId("try-again").addEventListener("click", lookNow);
byId("older").addEventListener("click", showOlder);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) clearTimeout(timer);
  else if (token.get()) lookNow();
});

if (token.get()) enter();
else signOut();
