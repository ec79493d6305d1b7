/** The app's API: calls with the session's cookie, problems as errors that a person can read. */
import { at } from "./addresses.js";
import { taken } from "./ahead.js";
import { language, said, t, useServerWords } from "./i18n.js";
import { counted } from "./rest.js";

const TIMEOUT_MS = 30_000;
const SESSION = "/api/session";
const PASSKEY = "/api/sign-in/passkey"; // There, too, 401 is the end of no session.
let onSignedOut = async () => false;

/** A refusal or a failure; `status` is 0 when there was no answer at all. */
export class ApiError extends Error {
  constructor(status, code, message, errors = [], key = "") {
    super(message);
    this.status = status;
    this.code = code;
    this.errors = errors; // [{field, reason}]
    this.key = key; // Of the message, in the server's catalogue.
  }
}

/** `listener(isWanted)` hears of a call that met the end of the session, and answers whether it is to be sent again. */
export function whenSignedOut(listener) {
  onSignedOut = listener;
}

/** Call the API; the answer's JSON, null for 204. Raises ApiError. */
export async function call(method, path, options = {}) {
  const response = await send(method, path, options);
  if (response.status === 204) return null;
  const document = await response.json().catch(() => null);
  if (document === null) throw new ApiError(0, "cut_off", t("error.cutOff"));
  return document;
}

/**
 * Call the API; the answer itself. Raises ApiError. A call that meets the end of the session waits for the next one.
 * `isWanted`: a person waits for it, unless it is said otherwise one that changes something.
 */
export async function send(method, path, options = {}) {
  const { body, json, headers = {}, signal, isWanted = method !== "GET" } = options;
  const type = json === undefined ? {} : { "content-type": "application/json" };
  let response;
  try {
    response = (method === "GET" && (await counted(taken(path)))) || await counted(fetch(path, {
      method,
      body: json === undefined ? body : JSON.stringify(json),
      headers: { ...type, ...headers },
      credentials: "same-origin",
      signal: signal ? AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) : AbortSignal.timeout(TIMEOUT_MS),
    }));
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, "unreachable", t("error.unreachable"));
  }
  if (response.ok) return response;
  // Nobody is signed in, or not with this token, which is said in words of the page's own.
  if (response.status === 401 && path === SESSION) {
    await response.body?.cancel();
    throw new ApiError(401, "unauthorized", "");
  }
  const problem = await problemOf(response);
  if (response.status !== 401 || path === PASSKEY) throw problem;
  if (await onSignedOut(isWanted)) return send(method, path, options);
  throw new ApiError(401, problem.code, t("signin.ended"));
}

async function problemOf(response) {
  const problem = await response.json().catch(() => null);
  await useServerWords().catch(() => {}); // Without them it is said in English.
  const errors = Array.isArray(problem?.errors) ? problem.errors : [];
  const reasons = errors.map(({ field, reason }, at) => {
    const text = said(problem.errorMessages?.[at], reason);
    return reason === problem.detail ? text : `${field}: ${text}`;
  }).join("; ");
  const message = reasons || said(problem, problem?.detail) || t("error.status", { status: response.status });
  return new ApiError(response.status, problem?.code ?? "unknown", message, errors, problem?.messageKey);
}

const id = encodeURIComponent;
const get = (path, query) => call("GET", at(path, query));
const post = (path, json, headers) => call("POST", path, { json, headers });

/** A key that makes sending the same job twice harmless. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const sendSubtitles = (method, path, body, query, options) =>
  call(method, at(path, { ...query, hint: language() }), { body, headers: { "content-type": "text/plain" }, ...options });

export const session = {
  get: () => call("GET", "/api/session"),
  begin: (token) => call("POST", "/api/session", { json: { token } }),
  end: () => call("DELETE", "/api/session"),
};

const newest = new Map(); // Media -> its newest version of subtitles, as it was seen last.

function noteNewest(item) {
  newest.set(item.mediaId, item.inputs.subtitles?.inputId);
  return item;
}

export const media = {
  list: async (query) => {
    const page = await get("/api/media", query);
    page.items.forEach(noteNewest);
    return page;
  },
  get: async (mediaId) => noteNewest(await get(`/api/media/${id(mediaId)}`)),
  /** The newest version of a media's subtitles as far as is known: there may be a newer one. */
  newestSeen: (mediaId) => newest.get(mediaId),
  create: (document) => post("/api/media", document),
  rename: (mediaId, title) => call("PATCH", `/api/media/${id(mediaId)}`, { json: { title } }),
  remove: (mediaId) => call("DELETE", `/api/media/${id(mediaId)}`),
  versions: (mediaId, slot, options) => call("GET", at(`/api/media/${id(mediaId)}/inputs`, { slot, limit: 100 }), options),
  trash: (mediaIds) => post("/api/media/trash", { mediaIds }),
  restoreFromTrash: (mediaIds) => post("/api/media/restore", { mediaIds }),
  changeTags: (mediaIds, add, remove) => post("/api/media/tags", { mediaIds, add, remove }),
  restore: (mediaId, inputId) =>
    call("POST", `/api/media/${id(mediaId)}/inputs/${id(inputId)}/restore`),
  contentPath: (mediaId, inputId) => `/api/media/${id(mediaId)}/inputs/${id(inputId)}/content`,
  exportPath: (mediaId, inputId, format) => `/api/media/${id(mediaId)}/inputs/${id(inputId)}/export?format=${format}`,
  text: async (mediaId, inputId) => (await send("GET", media.contentPath(mediaId, inputId))).text(),
  /** A version of subtitles, as `subtitleText` reads a file. */
  readText: (mediaId, inputId) => get(`/api/media/${id(mediaId)}/inputs/${id(inputId)}/text`),
  /** How loud a video is; 202 with the progress until that is there. */
  peaks: (mediaId, inputId, signal) => send("GET", `/api/media/${id(mediaId)}/inputs/${id(inputId)}/peaks`, { signal }),
  /** A text, or a file in any encoding: see EncodingChoice for what the answer says of it. */
  putSubtitles: (mediaId, body, encoding, spoken) =>
    sendSubtitles("PUT", `/api/media/${id(mediaId)}/subtitles`, body, { encoding, language: spoken }),
  /** Store an edit: `{language, parent, formatOf, replaces}`. */
  putEdit: (mediaId, body, query, options) => sendSubtitles("PUT", `/api/media/${id(mediaId)}/subtitles`, body, query, options),
  /** Say which language a version of subtitles is in; null for none. */
  setLanguage: (mediaId, inputId, spoken) =>
    call("PATCH", `/api/media/${id(mediaId)}/inputs/${id(inputId)}`, { json: { language: spoken } }),
  /** A subtitle file as it is read: `{text, kind, cues, encoding, encodingGuessed, sample, notices}`; nothing is stored. */
  subtitleText: (body, encoding) => sendSubtitles("POST", "/api/subtitles/text", body, { encoding }),
  putComments: (mediaId, body) =>
    call("PUT", `/api/media/${id(mediaId)}/comments`, { body, headers: { "content-type": "application/json" } }),
  putThumbnail: (mediaId, picture) =>
    call("PUT", `/api/media/${id(mediaId)}/thumbnail`, { body: picture, headers: { "content-type": picture.type } }),
  /** Begin an upload with a media of its own, which goes with it until it is complete. */
  beginNewUpload: (document) => post("/api/uploads", document),
  beginUpload: (mediaId, document) => post(`/api/media/${id(mediaId)}/uploads`, document),
  uploadParts: (mediaId, uploadId, partNumbers) =>
    post(`/api/media/${id(mediaId)}/uploads/${id(uploadId)}/parts`, { partNumbers }),
  completeUpload: (mediaId, uploadId, document) =>
    post(`/api/media/${id(mediaId)}/uploads/${id(uploadId)}/complete`, document),
  abortUpload: (mediaId, uploadId) => call("DELETE", `/api/media/${id(mediaId)}/uploads/${id(uploadId)}`),
  /** What a burn looks like; without a media of its text alone, of subtitles that are not stored. */
  previewBurn: (mediaId, document, signal) =>
    send("POST", mediaId ? `/api/media/${id(mediaId)}/subtitles/preview` : "/api/subtitles/preview", { json: document, signal }),
  previewComments: (mediaId, document, signal) =>
    send("POST", `/api/media/${id(mediaId)}/comments/preview`, { json: document, signal }),
};

export const tags = { list: () => get("/api/tags") };

export const jobs = {
  outputPath: (jobId, slot) => `/api/jobs/${id(jobId)}/artifacts/${id(slot)}`,
  /** The words of a transcript: `{language, words}`; see `words.js`. */
  words: (jobId) => get(jobs.outputPath(jobId, "words")),
  list: (query) => get("/api/jobs", query),
  get: (jobId) => get(`/api/jobs/${id(jobId)}`),
  why: (jobId) => get(`/api/jobs/${id(jobId)}/why`),
  /** What the tools of a running job say: `{lines, missing}`. */
  log: (jobId) => get(`/api/jobs/${id(jobId)}/log`),
  events: (jobId) => get(`/api/jobs/${id(jobId)}/events`),
  /** `key` makes a second call with the same job return the first one's. */
  create: (job, key) => post("/api/jobs", job, { "idempotency-key": key }),
  cancel: (jobId) => call("POST", `/api/jobs/${id(jobId)}/cancel`),
  retry: (jobId) => call("POST", `/api/jobs/${id(jobId)}/retry`),
  replay: (jobId) => call("POST", `/api/jobs/${id(jobId)}/replay`),
  /** A link for others to one output: `{slot, expiresInS}`. */
  share: (jobId, document) => post(`/api/jobs/${id(jobId)}/share`, document),
  removeArtifacts: (jobId) => call("DELETE", `/api/jobs/${id(jobId)}/artifacts`),
  bulk: (verb, ids) => post(`/api/jobs/${verb}`, { filter: { ids } }),
};

export const recipes = {
  list: () => get("/api/recipes", { limit: 100 }),
  /** Start a recipe from `{url}` or `{mediaId}` with its `parameters`; `key` as with a job. */
  start: (name, document, key) => post(`/api/recipes/${id(name)}/runs`, document, { "idempotency-key": key }),
};

export const runs = {
  list: (query) => get("/api/runs", query),
  get: (runId) => get(`/api/runs/${id(runId)}`),
  cancel: (runId) => call("POST", `/api/runs/${id(runId)}/cancel`),
  retry: (runId) => call("POST", `/api/runs/${id(runId)}/retry`),
  /** `decision`: `approve` or `reject`. */
  review: (runId, reviewId, document) => post(`/api/runs/${id(runId)}/reviews/${id(reviewId)}`, document),
};

export const subscriptions = {
  list: (query) => get("/api/subscriptions", query),
  add: (document) => post("/api/subscriptions", document),
  change: (subscriptionId, document) => call("PATCH", `/api/subscriptions/${id(subscriptionId)}`, { json: document }),
  remove: (subscriptionId) => call("DELETE", `/api/subscriptions/${id(subscriptionId)}`),
  look: (subscriptionId) => call("POST", `/api/subscriptions/${id(subscriptionId)}/look`),
  entries: (subscriptionId, query) => get(`/api/subscriptions/${id(subscriptionId)}/entries`, query),
};

export const tokens = {
  list: () => get("/api/tokens", { limit: 100 }),
  create: (document) => post("/api/tokens", document),
  revoke: (tokenId) => call("DELETE", `/api/tokens/${id(tokenId)}`),
};

export const presets = {
  list: () => get("/api/presets", { limit: 100 }),
  create: (document) => post("/api/presets", document),
  rename: (presetId, name) => call("PATCH", `/api/presets/${id(presetId)}`, { json: { name } }),
  remove: (presetId) => call("DELETE", `/api/presets/${id(presetId)}`),
};

export const glossary = {
  list: (query) => get("/api/glossary", query),
  add: (document) => post("/api/glossary", document),
  change: (termId, document) => call("PATCH", `/api/glossary/${id(termId)}`, { json: document }),
  remove: (termId) => call("DELETE", `/api/glossary/${id(termId)}`),
  filePath: (from, to, format) => at("/api/glossary/file", { from, to, format }),
  /** Add the terms of a file, in place of those of the same source: `{added, replaced}`. */
  take: (file, from, to, format) =>
    call("POST", glossary.filePath(from, to, format), { body: file, headers: { "content-type": format === "tsv" ? "text/tab-separated-values" : "text/csv" } }),
};

export const memory = {
  list: (query) => get("/api/memory", query),
  change: (pairId, target) => call("PATCH", `/api/memory/${id(pairId)}`, { json: { target } }),
  remove: (pairId) => call("DELETE", `/api/memory/${id(pairId)}`),
};

export const webhooks = {
  list: () => get("/api/webhooks", { limit: 100 }),
  create: (document) => post("/api/webhooks", document),
  change: (webhookId, document) => call("PATCH", `/api/webhooks/${id(webhookId)}`, { json: document }),
  remove: (webhookId) => call("DELETE", `/api/webhooks/${id(webhookId)}`),
  rotate: (webhookId) => call("POST", `/api/webhooks/${id(webhookId)}/secret`),
  test: (webhookId) => call("POST", `/api/webhooks/${id(webhookId)}/test`),
  statistics: (webhookId, span) => get(`/api/webhooks/${id(webhookId)}/statistics`, { span }),
  deliveries: (webhookId, query) => get(`/api/webhooks/${id(webhookId)}/deliveries`, query),
  replay: (webhookId, deliveryId) =>
    call("POST", `/api/webhooks/${id(webhookId)}/deliveries/${id(deliveryId)}/replay`),
};

export const health = () => get("/api/health");
export const status = () => get("/api/status");
export const usage = (days) => get("/api/usage", { days });
