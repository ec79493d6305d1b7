/** The app's API: one function per call, problems as errors that a person can read. */

const TOKEN = "media-jobs-token";

export const token = {
  get: () => sessionStorage.getItem(TOKEN) ?? "",
  set: (value) => sessionStorage.setItem(TOKEN, value),
  clear: () => sessionStorage.removeItem(TOKEN),
};

/** A refusal or a failure; `status` is 0 when there was no answer at all. */
export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function call(method, path, { body, headers = {}, signal } = {}) {
  let response;
  try {
    response = await fetch(path, {
      method,
      body,
      headers: { ...headers, authorization: `Bearer ${token.get()}` },
      signal: signal ?? AbortSignal.timeout(30_000),
    });
  } catch {
    throw new ApiError(0, "The server does not answer.");
  }
  const document = await response.json().catch(() => null);
  if (!response.ok) throw new ApiError(response.status, reason(response.status, document));
  if (document === null) throw new ApiError(0, "The server's answer was cut off.");
  return document;
}

function reason(status, problem) {
  if (Array.isArray(problem?.errors) && problem.errors.length > 0) {
    return problem.errors.map(({ field, reason }) => `${field}: ${reason}`).join("; ") + ".";
  }
  return problem?.detail || `The server answered with status ${status}.`;
}

const json = (document) => ({
  body: JSON.stringify(document),
  headers: { "content-type": "application/json" },
});

/** A key that makes sending the same job twice harmless. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const listJobs = (cursor) =>
  call("GET", `/api/jobs?limit=30${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
export const getJob = (id) => call("GET", `/api/jobs/${encodeURIComponent(id)}`);
export const cancelJob = (id) => call("POST", `/api/jobs/${encodeURIComponent(id)}/cancel`);
export const listMedia = () => call("GET", "/api/media?limit=100");
export const getMedia = (id) => call("GET", `/api/media/${encodeURIComponent(id)}`);

/** Submit a job; `key` makes a second call with the same job return the first one's. */
export function createJob(job, key) {
  const { body, headers } = json(job);
  return call("POST", "/api/jobs", { body, headers: { ...headers, "idempotency-key": key } });
}

/** Attach a file to a media; `kind` is `subtitles` (WebVTT) or `comments` (JSON). */
export const attach = (mediaId, kind, file) =>
  call("PUT", `/api/media/${encodeURIComponent(mediaId)}/${kind}`, {
    body: file,
    headers: { "content-type": kind === "subtitles" ? "text/vtt" : "application/json" },
  });
