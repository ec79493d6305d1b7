/**
 * Jobs and media kept up to date: by the live connection where there is one, by polling otherwise.
 *
 * A view calls `watch(jobs, onJob)` with the jobs that it shows, and gets each change; `watchMedia(onMedia)` tells which
 * media have changed, come or gone.
 */
import { jobs as api } from "./api.js";
import { connectLive } from "./live.js";

const FAST_MS = 1000;
const SLOW_MS = 15_000;
const ENDED = new Set(["completed", "failed", "canceled"]);

export const hasEnded = (job) => ENDED.has(job.status);

/** A job's state from a live message: what the message does not carry stays. */
export function applied(job, message) {
  const { status, phase, progress, attempt, error, generation, at } = message;
  const values = { status, phase, progress, attempt, error: error ?? null, generation, updatedAt: at ?? message.updatedAt, queue: message.queue };
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return { ...job, ...Object.fromEntries(given) };
}

/** How long a running job will still take, in ms, from how far it came since it was first seen. */
export class Pace {
  #first = new Map();

  left(job, nowMs = Date.now()) {
    if (hasEnded(job) || job.status === "queued" || !(job.progress > 0)) {
      this.#first.delete(job.jobId);
      return null;
    }
    const known = this.#first.get(job.jobId);
    if (!known || known.attempt !== job.attempt || known.progress > job.progress) {
      this.#first.set(job.jobId, { attempt: job.attempt, progress: job.progress, atMs: nowMs });
      return null;
    }
    const done = job.progress - known.progress;
    if (done < 0.02 || nowMs - known.atMs < 1500) return null;
    return ((1 - job.progress) / done) * (nowMs - known.atMs);
  }
}

export const pace = new Pace();

const watched = new Map(); // jobId -> the listeners.
let timer = 0;
let waitMs = FAST_MS;

const live = connectLive({ onJob: tell, onMedia: tellMedia, onState: (connected) => connected || soon() });

function tell(job) {
  [...(watched.get(job.jobId) ?? [])].forEach((listener) => listener(job));
}

function soon() {
  waitMs = FAST_MS;
  if (!timer && watched.size) timer = setTimeout(look, waitMs);
}

/** Ask for the jobs that the live connection does not cover. */
async function look() {
  for (const jobId of watched.keys()) {
    if (live.covers(jobId) || document.hidden) continue;
    try {
      tell(await api.get(jobId));
      waitMs = FAST_MS;
    } catch {
      waitMs = Math.min(waitMs * 2, SLOW_MS);
    }
  }
  timer = [...watched.keys()].some((jobId) => !live.covers(jobId)) ? setTimeout(look, waitMs) : 0;
}

function add(jobId, listener) {
  watched.set(jobId, (watched.get(jobId) ?? new Set()).add(listener));
  live.subscribe(jobId);
  soon();
}

function remove(jobId, listener) {
  const listeners = watched.get(jobId);
  listeners?.delete(listener);
  if (listeners?.size !== 0) return;
  watched.delete(jobId);
  live.unsubscribe(jobId);
}

/** Follow the jobs that have not ended; returns what stops it. */
export function watch(jobs, onJob) {
  const ids = jobs.filter((job) => !hasEnded(job)).map((job) => job.jobId);
  ids.forEach((jobId) => add(jobId, onJob));
  return () => ids.forEach((jobId) => remove(jobId, onJob));
}

const mediaListeners = new Set();
let mediaTimer = 0;

function tellMedia(mediaId) {
  [...mediaListeners].forEach((listener) => listener(mediaId));
}

/** Call `onMedia` with the id of each media that has changed, null: some may have; returns what stops it. */
export function watchMedia(onMedia) {
  mediaListeners.add(onMedia);
  live.follow(true);
  mediaTimer ||= setInterval(() => live.follows() || document.hidden || tellMedia(null), SLOW_MS);
  return () => {
    mediaListeners.delete(onMedia);
    if (mediaListeners.size) return;
    live.follow(false);
    clearInterval(mediaTimer);
    mediaTimer = 0;
  };
}
