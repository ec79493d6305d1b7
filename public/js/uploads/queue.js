/**
 * The uploads of this page: a queue that lives beside the views, two files at a time.
 *
 * An upload is kept in the browser until it is done (`kept.js`), so that it goes on after a reload; of several pages, the
 * one that holds its lock has it. What the app or the storage refuses leaves nothing behind.
 */
import { ApiError, media } from "../api.js";
import { owner } from "../drafts/owner.js";
import { t, useWords } from "../i18n.js";
import { inWords } from "../trouble.js";
import { announce as announced, identityOf, isSame, isSound, isVideo, titleOf } from "./files.js";
import * as kept from "./kept.js";
import { Pace } from "./pace.js";
import { describe } from "./poster.js";
import { hasSameParts, sendParts, waitingFor } from "./transfer.js";

await useWords("uploads");

const FILES_AT_ONCE = 2;
const TOLD_MS = 100;
const ACTIVE = new Set(["waiting", "checking", "uploading", "finishing"]);
const GONE = new Set([404, 409]);

const tasks = new Map(); // id -> task, in their order.
const listeners = new Set();
let timer = 0;
let isWarning = false;

export class Canceled extends Error {
  constructor() {
    super(t("uploads.canceled"));
  }
}

/** What there is to see: `[{id, name, size, sent, rate, leftMs, share, state, error, mediaId}]`. */
export const items = () =>
  [...tasks.values()].map(({ id, record, state, error, sent, share, pace }) => {
    const going = state === "uploading";
    const { name, size, title, mediaId } = record;
    return { id, name, title, size, sent, share, state, error, mediaId, rate: going ? pace.rate() : null, leftMs: going ? pace.leftMs(size) : null };
  });

export const isActive = ({ state }) => ACTIVE.has(state);

/** Call `listener` after each change; returns what stops it. */
export function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Queue files, as media of their own or as the video of `mediaId`; `handles`: file -> its handle. Returns their ids. */
export function add(files, { mediaId = null, handles = new Map() } = {}) {
  const ids = [...files].map((file) => {
    const id = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
    const record = { id, who: owner(), ...identityOf(file), ...announced(file), title: titleOf(file), given: mediaId, mediaId, uploadId: null, parts: {}, paused: false };
    const task = { ...newTask(record), file, handle: handles.get(file) };
    tasks.set(id, task);
    const fault = !isVideo(file) && !isSound(file) ? t("uploads.notVideo") : file.size === 0 ? t("uploads.empty") : "";
    if (fault) set(task, "refused", fault);
    else own(task).then(() => pump());
    return id;
  });
  changed();
  return ids;
}

/** Upload a file and wait for its end: the id of its media. `onShare` gets how much is there. Raises Canceled, ApiError. */
export async function whole(file, { mediaId, onShare = () => {} } = {}) {
  const [id] = add([file], { mediaId });
  const stop = subscribe(() => {
    const task = tasks.get(id);
    if (task) onShare(task.sent / task.record.size);
  });
  try {
    return await new Promise((resolve, reject) => {
      const task = tasks.get(id);
      if (task.state === "refused") reject(new ApiError(0, "refused", task.error));
      else Object.assign(task, { resolve, reject });
    });
  } finally {
    stop();
  }
}

export function pause(id) {
  const task = tasks.get(id);
  if (!task || !["waiting", "uploading"].includes(task.state)) return;
  set(task, "paused");
  halt(task);
  remember(task, true);
  pump();
}

/** Go on with what was paused or has failed. */
export function resume(id) {
  const task = tasks.get(id);
  if (!task || !["paused", "failed"].includes(task.state)) return;
  set(task, "waiting");
  remember(task, false);
  pump();
}

/** End an upload, of which nothing stays; or take one that has ended off the list. */
export async function remove(id) {
  const task = tasks.get(id);
  if (!task) return;
  tasks.delete(id);
  halt(task);
  changed();
  pump();
  task.reject?.(new Canceled());
  if (!["done", "refused"].includes(task.state)) await undo(task);
  await disown(task);
}

/** Go on with a file that is given again after a reload; one that is another is refused. */
export async function give(id, file) {
  const task = tasks.get(id);
  if (!isSame(task.record, file)) return set(task, "lost", t("uploads.otherFile", { name: task.record.name }));
  set(task, "checking");
  task.controller = new AbortController();
  const onShare = (share) => {
    task.share = share;
    changed();
  };
  try {
    if (!(await hasSameParts(task.record, file, onShare, task.controller.signal))) return set(task, "lost", t("uploads.changedFile", { name: file.name }));
  } catch {
    return task.state === "checking" && set(task, "lost", t("uploads.unreadable", { name: file.name }));
  }
  task.file = file;
  set(task, "waiting");
  return pump();
}

/** Ask for a file that was dropped in an earlier life of the page; only a click may ask. */
export async function ask(id) {
  const { handle } = tasks.get(id);
  if ((await handle.requestPermission({ mode: "read" })) !== "granted") return;
  await giveHandle(id, handle);
}

async function giveHandle(id, handle) {
  try {
    await give(id, await handle.getFile());
  } catch {
    const task = tasks.get(id);
    if (task) set(task, "lost", t("uploads.unreadable", { name: task.record.name }));
  }
}

/** Go on with what an earlier page has left of those who have signed in. */
export async function start() {
  const left = await kept.records();
  left.filter(({ id, who }) => who === owner() && !tasks.has(id)).forEach(({ id }) => takeOver(id));
}

/** Go on with an upload as soon as no other page has it; it may have come to its end there. */
async function takeOver(id) {
  const task = newTask({ id });
  await own(task);
  const record = (await kept.records()).find((one) => one.id === id);
  if (!record || record.who !== owner() || tasks.has(id)) {
    task.release();
    return;
  }
  task.record = record;
  tasks.set(id, task);
  await restore(task);
  pump();
}

async function restore(task) {
  const { record } = task;
  task.sent = Object.keys(record.parts).length * (record.partSizeBytes ?? 0);
  if (record.expiresAt && record.expiresAt <= Date.now()) {
    await remove(record.id);
    return;
  }
  const found = await kept.fileOf(record.id);
  set(task, "lost");
  if (found?.getFile) {
    task.handle = found;
    if ((await found.queryPermission({ mode: "read" })) === "granted") await giveHandle(record.id, found);
    else set(task, "permission");
  } else if (found) {
    task.file = found;
    set(task, record.paused ? "paused" : "waiting");
  }
}

/** Nobody is signed in: nothing goes on until `start`. */
export function stop() {
  for (const task of tasks.values()) {
    halt(task);
    task.reject?.(new Canceled());
    task.release?.();
  }
  tasks.clear();
  changed();
}

// --- the work ---------------------------------------------------------------------------------------

const newTask = (record) => ({ id: record.id, record, state: "waiting", error: "", sent: 0, share: null, pace: new Pace() });

function pump() {
  const going = [...tasks.values()].filter(({ state }) => state === "uploading" || state === "finishing").length;
  const waiting = [...tasks.values()].filter(({ state, file, release }) => state === "waiting" && file && release);
  waiting.slice(0, Math.max(0, FILES_AT_ONCE - going)).forEach(run);
}

async function run(task) {
  const { record } = task;
  task.controller = new AbortController();
  task.described ??= describe(task.file);
  set(task, "uploading");
  const { signal } = task.controller;
  try {
    if (!record.uploadId) await begin(task, signal);
    const onBytes = (bytes) => {
      task.sent = bytes;
      task.pace.add(performance.now(), bytes);
      changed();
    };
    await sendParts(record, task.file, { onBytes, onPart: () => kept.keepRecord(record), signal });
    set(task, "finishing");
    await finish(task, signal);
    set(task, "done");
    task.resolve?.(record.mediaId);
    await disown(task);
  } catch (error) {
    if (!signal.aborted) await fail(task, error);
  } finally {
    task.pace.stop();
    pump();
  }
}

async function begin(task, signal) {
  const { record } = task;
  const { contentType, sizeBytes, title, given } = record;
  const document = { contentType, sizeBytes, multipart: true };
  const begun = await waitingFor(() => (given ? media.beginUpload(given, document) : media.beginNewUpload({ ...document, title })), signal);
  const { uploadId, partSizeBytes, partCount, expiresAt } = begun;
  Object.assign(record, { uploadId, partSizeBytes, partCount, expiresAt, mediaId: given ?? begun.mediaId, parts: {} });
  if (signal.aborted && !tasks.has(task.id)) await undo(task);
  signal.throwIfAborted();
  await kept.keepRecord(record);
  // Beside the upload: a large copy takes its time.
  kept.keepFile(task.id, task.file, task.handle).then(() => tasks.has(task.id) || kept.forget(task.id));
}

async function finish(task, signal) {
  const { mediaId, uploadId, parts } = task.record;
  const { durationS, picture } = await task.described;
  const listed = Object.entries(parts).map(([number, { etag }]) => ({ partNumber: Number(number), etag }));
  await waitingFor(() => media.completeUpload(mediaId, uploadId, { parts: listed, ...(durationS ? { durationS } : {}) }), signal);
  if (picture) await media.putThumbnail(mediaId, picture).catch(() => {});
}

/** What was refused leaves nothing behind; what was interrupted goes on where it was. */
async function fail(task, error) {
  if (error.name === "NotReadableError" || error.name === "NotFoundError") {
    set(task, "lost", t("uploads.unreadable", { name: task.record.name }));
    return;
  }
  const isRefused = error.status >= 400 && error.status < 500 && ![401, 429].includes(error.status);
  if (isRefused) await undo(task);
  set(task, "failed", inWords(error).message);
  if (task.reject) {
    // The form that waits for it says so, and begins anew.
    task.reject(error);
    await remove(task.id);
  }
}

/** Take back what there is of an upload that was begun. */
async function undo({ record }) {
  const { mediaId, uploadId } = record;
  Object.assign(record, { uploadId: null, parts: {}, mediaId: record.given });
  await kept.forget(record.id);
  if (uploadId) await media.abortUpload(mediaId, uploadId).catch((error) => GONE.has(error.status));
}

function halt(task) {
  task.controller?.abort();
  task.pace.stop();
}

function remember(task, paused) {
  task.record.paused = paused;
  if (task.record.uploadId) kept.keepRecord(task.record);
}

/** Wait until no other page has the lock of an upload, and hold it. Without locks there is one page. */
function own(task) {
  return new Promise((resolve) => {
    const hold = () => new Promise((release) => {
      task.release = release;
      resolve();
    });
    if (navigator.locks) navigator.locks.request(`upload-${task.id}`, hold);
    else hold();
  });
}

async function disown(task) {
  await kept.forget(task.id);
  task.release?.();
}

function set(task, state, error = "") {
  Object.assign(task, { state, error, share: null });
  changed();
}

/** Tell the listeners, a few times a second; and warn who leaves while something is on its way. */
function changed() {
  timer ||= setTimeout(() => {
    timer = 0;
    [...listeners].forEach((listener) => listener());
  }, TOLD_MS);
  const isGoing = [...tasks.values()].some(isActive);
  if (isGoing !== isWarning) (isGoing ? addEventListener : removeEventListener)("beforeunload", warn);
  isWarning = isGoing;
}

function warn(event) {
  event.preventDefault();
}
